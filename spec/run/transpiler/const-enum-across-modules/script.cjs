exports.Script = { A: "from CommonJS" };
