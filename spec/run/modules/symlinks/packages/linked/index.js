export default import.meta.url.endsWith("packages/linked/index.js");
