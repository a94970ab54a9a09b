// `process.env`: an ordinary object whose values are always strings. Children get what it holds when
// they start; the environment of this process itself is never written.

export function makeEnvironment(words: string[]): Record<string, string> {
  const variables: Record<string, string> = {};
  for (let index = 0; index < words.length; index += 2) {
    const name = words[index]!;
    // `__proto__=x` is a variable like any other.
    if (name === "__proto__") Object.defineProperty(variables, name, { value: words[index + 1], writable: true, enumerable: true, configurable: true });
    else variables[name] = words[index + 1]!;
  }
  return new Proxy(variables, {
    set(target, name, value) {
      if (typeof name === "symbol" || typeof value === "symbol") throw new TypeError("Cannot convert a symbol to a string");
      target[name] = `${value}`;
      return true;
    },
    defineProperty(target, name, descriptor) {
      if ("value" in descriptor) {
        if (!descriptor.configurable || !descriptor.writable || !descriptor.enumerable) {
          const { codes } = require("crust:node/internal/errors");
          throw new codes.ERR_INVALID_OBJECT_DEFINE_PROPERTY("'process.env' only accepts a configurable, writable, and enumerable data descriptor");
        }
        return Reflect.defineProperty(target, name, { ...descriptor, value: `${descriptor.value}` });
      }
      const { codes } = require("crust:node/internal/errors");
      throw new codes.ERR_INVALID_OBJECT_DEFINE_PROPERTY(
        "get" in descriptor || "set" in descriptor
          ? "'process.env' does not accept an accessor(getter/setter) descriptor"
          : "'process.env' only accepts a configurable, writable, and enumerable data descriptor");
    },
  });
}
