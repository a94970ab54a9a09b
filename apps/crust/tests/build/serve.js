// Serves a folder on the loopback and prints the DOM that a headless Chromium makes of its page: `crust serve.js
// CHROMIUM FOLDER PROFILE PARTS`, where PARTS are the pieces of the DOM to wait for, as JSON. What the page asks for and
// is not there is an error.
import { spawn } from "node:child_process";
import { join } from "node:path";

const [chromium, folder, profile, parts] = process.argv.slice(2);
const missing = [];
// The page is loaded, and printed, when this script has come.
const looked = Promise.withResolvers();
const look = `const look = () => { const page = document.documentElement.outerHTML; if (${parts}.every((part) => page.includes(part))) fetch("/__seen"); else setTimeout(look, 20); }; look();`;
const script = (text) => new Response(text, { headers: { "content-type": "text/javascript" } });
const own = {
  "/__look.js": () => script(look),
  "/__hold.js": () => looked.promise.then(() => script("")),
  "/__seen": () => (looked.resolve(), new Response("")),
  "/favicon.ico": () => new Response(""),
};
const server = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  idleTimeout: 120,
  async fetch(request) {
    const path = new URL(request.url).pathname;
    if (own[path]) return own[path]();
    const file = Bun.file(join(folder, path === "/" ? "index.html" : path));
    if (!(await file.exists())) {
      missing.push(path);
      return new Response("", { status: 404 });
    }
    if (path !== "/") return new Response(file);
    const page = `${await file.text()}<script async src="/__look.js"></script><script async src="/__hold.js"></script>`;
    return new Response(page, { headers: { "content-type": "text/html" } });
  },
});
const options = ["--headless", "--no-sandbox", "--disable-gpu", `--user-data-dir=${profile}`];
const browser = spawn(chromium, [...options, "--dump-dom", `http://127.0.0.1:${server.port}/`], { stdio: ["ignore", "pipe", "ignore"] });
// What is never shown is seen by whoever reads the DOM.
const enough = setTimeout(looked.resolve, 30_000);
const alarm = setTimeout(() => browser.kill("SIGKILL"), 60_000);
let dom = "";
for await (const part of browser.stdout.setEncoding("utf8")) dom += part;
clearTimeout(enough);
clearTimeout(alarm);
await server.stop(true);
process.stdout.write(dom);
if (missing.length) console.error(`not there: ${missing.join()}`);
process.exit(missing.length ? 1 : 0);
