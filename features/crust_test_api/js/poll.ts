// `expect.poll(read)`: a matcher that is tried until it holds or time is up.
import { now } from "crust:ops/core";
import { setTimeout } from "crust:web/timers";

export function poll(expect: any, read: () => unknown, options: { interval?: number; timeout?: number; message?: string }): any {
  const { interval = 50, timeout = 1000, message } = options;
  const attempt = async (isNot: boolean, name: PropertyKey, args: unknown[]): Promise<void> => {
    const end = now() + timeout;
    for (;;) {
      try {
        const value = await read();
        const expectation = expect(value, message);
        await (isNot ? expectation.not : expectation)[name](...args);
        return;
      } catch (error) {
        if (now() >= end) throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, interval));
    }
  };
  const chain = (isNot: boolean): any => new Proxy({}, {
    get(_, name) {
      if (name === "not") return chain(!isNot);
      if (name === "then") return undefined;
      if (name === "resolves" || name === "rejects") throw new SyntaxError(`expect.poll() is not supported in combination with .${name}`);
      return (...args: unknown[]) => attempt(isNot, name, args);
    },
  });
  return chain(false);
}
