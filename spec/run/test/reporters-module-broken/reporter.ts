export default { onTestModuleEnd() { throw new Error("cannot report"); } };
