process.on("warning", (warning: any) => console.log(warning.name, warning.message, warning.code));
process.emitWarning("careful", { type: "CustomWarning", code: "C1" });
process.emitWarning("plain");
