// What a Web Platform Test expects of its surroundings when there is no browser: a location, the test files behind
// `fetch`, and a reporter. It runs before testharness.js, in the process of one test file, and never changes a result.

{
  const fs = require("node:fs");
  const { root, file, search } = WPT_TEST;
  const ORIGIN = "http://web-platform.test:8000";
  const TYPES = { html: "text/html", json: "application/json", js: "text/javascript", txt: "text/plain", wasm: "application/wasm", png: "image/png" };
  const define = (name, value) => Object.defineProperty(globalThis, name, { value, writable: true, configurable: true });

  define("location", new URL(`${ORIGIN}/${file}${search}`));
  globalThis.self ?? define("self", globalThis);
  if (file.endsWith(".window.js")) {
    define("window", globalThis);
  }
  // The harness decides when a test is over.
  setInterval(() => undefined, 1000);
  define("GLOBAL", { isWindow: () => false, isWorker: () => false, isShadowRealm: () => false });

  // Servers have no base URL; tests do.
  const absolute = (input) => (typeof input === "string" && URL.canParse(input, location.href) ? new URL(input, location.href).href : input);
  const PlatformRequest = globalThis.Request;
  if (PlatformRequest !== undefined) {
    const resolving = new Proxy(PlatformRequest, {
      construct: (target, args, newTarget) => Reflect.construct(target, args.length === 0 ? args : [absolute(args[0]), ...args.slice(1)], newTarget),
    });
    define("Request", resolving);
    PlatformRequest.prototype.constructor = resolving;
  }

  const platformFetch = globalThis.fetch;
  define("fetch", async function fetch(input, init) {
    const url = absolute(typeof input === "string" ? input : (input?.url ?? String(input)));
    if (typeof url !== "string" || !/^https?:/.test(url)) {
      return platformFetch(typeof input === "string" ? url : input, init);
    }
    const { origin, pathname } = new URL(url);
    const path = `${root}${decodeURIComponent(pathname)}`;
    if (origin !== ORIGIN || pathname.endsWith(".py") || !fs.existsSync(path)) {
      throw new Error(`needs wptserve: ${url}`);
    }
    const extension = pathname.split(".").pop();
    return new Response(fs.readFileSync(path), { headers: { "content-type": TYPES[extension] ?? "application/octet-stream" } });
  });
}

// Libraries of the suite look for a module system before they become globals.
module = exports = undefined;

function reportWptResults() {
  const STATUS = ["PASS", "FAIL", "TIMEOUT", "NOTRUN", "PRECONDITION_FAILED"];
  const write = (record) => require("node:fs").writeSync(1, `\n@@WPT ${JSON.stringify(record)}\n`);
  add_result_callback((test) => write({ name: test.name, status: STATUS[test.status], message: test.message }));
  add_completion_callback((_tests, status) => {
    write({ done: true, status: status.status, message: status.message });
    process.exit(0);
  });
}
