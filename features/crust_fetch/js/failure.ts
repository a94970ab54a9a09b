// Errors of fetch, with the codes and properties that programs look for. Makes them and never throws.

import { DOMException } from "crust:web/dom_exception";

/** A TypeError as the native side makes them too. */
export function failure(code: string, message: string, url: string): TypeError {
  return Object.assign(new TypeError(message), { code, path: url, errno: 0 });
}

/** An error whose only word is its code. */
export function codeFailure(code: string, url: string): TypeError {
  return failure(code, `${code} fetching "${url}". For more information, pass \`verbose: true\` in the second argument to fetch()`, url);
}

/** An error about what the program passed. */
export function argumentFailure(code: string, message: string): TypeError {
  return Object.assign(new TypeError(message), { code });
}

/** What a request that took too long fails with. */
export function timeoutFailure(): DOMException {
  return new DOMException("The operation timed out.", "TimeoutError");
}

/** Turns what the native side threw into what the program sees. */
export function fromNative(error: unknown): unknown {
  const { code } = error as { code?: string };
  if (code === "ERR_FETCH_IDLE") {
    return timeoutFailure();
  }
  if (code === "ERR_PROXY_TUNNEL") {
    const tunnel = error as { headers: string | Record<string, string> };
    const texts = (tunnel.headers as string).split("\0");
    tunnel.headers = {};
    for (let index = 0; index + 1 < texts.length; index += 2) {
      tunnel.headers[texts[index] as string] = texts[index + 1] as string;
    }
  }
  return error;
}
