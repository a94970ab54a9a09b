// The stack of a scope with `using` declarations.
using() {
  const stack = [];
  let failed = false, error, waits = false;
  const add = (value, asynchronous) => {
    if (value === null || value === undefined) {
      if (asynchronous) stack.push({ asynchronous, value });
    } else {
      if (typeof value !== "object" && typeof value !== "function") {
        throw new TypeError("The value of a using declaration must be an object, null or undefined");
      }
      let method, name = "Symbol.dispose", fallback = false;
      if (asynchronous) {
        method = value[Symbol.asyncDispose];
        name = "Symbol.asyncDispose";
      }
      if (method === undefined || method === null) {
        method = value[Symbol.dispose];
        fallback = asynchronous;
      }
      if (typeof method !== "function") throw new TypeError(`The value of a using declaration has no [${name}]() method`);
      stack.push({ asynchronous, value, method, fallback });
    }
    waits ||= asynchronous;
    return value;
  };
  const fail = (reason) => {
    error = failed ? suppressed(reason, error) : reason;
    failed = true;
  };
  const suppressed = (reason, earlier) => {
    if (typeof SuppressedError === "function") return new SuppressedError(reason, earlier);
    return Object.assign(new Error(), { name: "SuppressedError", error: reason, suppressed: earlier });
  };
  const disposeAsync = async () => {
    let needed = false, awaited = false;
    while (stack.length) {
      const { asynchronous, value, method, fallback } = stack.pop();
      try {
        if (!asynchronous && needed && !awaited) {
          needed = false;
          await undefined;
        }
        if (method) {
          const result = Reflect.apply(method, value, []);
          if (asynchronous) {
            awaited = true;
            await (fallback ? undefined : result);
          }
        } else {
          needed = true;
        }
      } catch (reason) {
        fail(reason);
      }
    }
    if (needed && !awaited) await undefined;
    if (failed) throw error;
  };
  return {
    use: (value) => add(value, false),
    useAsync: (value) => add(value, true),
    fail,
    dispose() {
      if (waits) return disposeAsync();
      while (stack.length) {
        const { value, method } = stack.pop();
        try {
          Reflect.apply(method, value, []);
        } catch (reason) {
          fail(reason);
        }
      }
      if (failed) throw error;
    },
  };
},
