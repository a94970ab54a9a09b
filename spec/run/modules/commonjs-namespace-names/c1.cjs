exports.__esModule = true; exports.default = "D"; exports.x = 1;
