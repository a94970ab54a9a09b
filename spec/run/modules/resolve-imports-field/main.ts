import config from "#config";
import one from "#lib/one";
import dep from "#dep";
console.log(config, one, dep);
export default config;
