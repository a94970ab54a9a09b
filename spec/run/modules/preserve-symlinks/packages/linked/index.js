export default import.meta.url.endsWith("node_modules/linked/index.js");
