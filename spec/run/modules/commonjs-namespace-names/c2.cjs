Object.defineProperty(exports, "hidden", {value: 1}); Object.defineProperty(exports, "vis", {get(){return 2}, enumerable:true}); exports.__esModule = true; exports.q=1;
