// Drives the dashboard in a headless Chromium, as a person would: `crust dashboard.js CHROMIUM URL FOLDER`. It ends with
// 0 when everything was as expected, and leaves pictures in FOLDER.
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";

const [chromium, url, folder] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
const profile = `${folder}/profile`;
const browser = spawn(chromium, ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--remote-debugging-port=0", `--user-data-dir=${profile}`, "about:blank"], { stdio: "ignore" });
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

async function until(what, test) {
  const end = Date.now() + 30_000;
  for (;;) {
    const value = await test();
    if (value) return value;
    if (Date.now() > end) throw new Error(`never: ${what}`);
    await sleep(50);
  }
}

let socket;
let last = 0;
const waiting = new Map();
const problems = [];

function send(method, params = {}) {
  const id = ++last;
  socket.send(JSON.stringify({ id, method, params }));
  return new Promise((resolve, reject) => waiting.set(id, { resolve, reject, method }));
}

async function open() {
  const file = `${profile}/DevToolsActivePort`;
  await until("the browser listens", () => existsSync(file) && readFileSync(file, "utf8").includes("\n"));
  const port = readFileSync(file, "utf8").split("\n")[0];
  const target = await (await fetch(`http://127.0.0.1:${port}/json/new?about:blank`, { method: "PUT" })).json();
  socket = new WebSocket(target.webSocketDebuggerUrl);
  await new Promise((resolve, reject) => {
    socket.onopen = resolve;
    socket.onerror = () => reject(new Error("no connection to the browser"));
  });
  socket.onmessage = (event) => {
    const message = JSON.parse(event.data);
    const one = waiting.get(message.id);
    if (one) {
      waiting.delete(message.id);
      if (message.error) one.reject(new Error(`${one.method}: ${message.error.message}`));
      else one.resolve(message.result);
    }
    if (message.method === "Runtime.exceptionThrown") problems.push(message.params.exceptionDetails.exception?.description ?? "exception");
    if (message.method === "Log.entryAdded" && message.params.entry.level === "error") problems.push(message.params.entry.text);
  };
  for (const domain of ["Page", "Runtime", "Log"]) await send(`${domain}.enable`);
}

async function evaluate(expression) {
  const { result, exceptionDetails } = await send("Runtime.evaluate", { expression, returnByValue: true, awaitPromise: true });
  if (exceptionDetails) throw new Error(`${expression}: ${exceptionDetails.exception?.description}`);
  return result.value;
}

async function press(key) {
  const code = { Enter: 13, Escape: 27 }[key] ?? key.charCodeAt(0);
  const text = key === "Enter" ? "\r" : key.length === 1 ? key : undefined;
  await send("Input.dispatchKeyEvent", { type: "keyDown", key, text, windowsVirtualKeyCode: code });
  await send("Input.dispatchKeyEvent", { type: "keyUp", key, windowsVirtualKeyCode: code });
}

async function size(width, height, mobile) {
  await send("Emulation.setDeviceMetricsOverride", { width, height, deviceScaleFactor: 1, mobile });
}

async function picture(name) {
  await sleep(300);
  const { data } = await send("Page.captureScreenshot", { format: "png" });
  writeFileSync(`${folder}/${name}.png`, Buffer.from(data, "base64"));
}

const text = (selector) => evaluate(`document.querySelector(${JSON.stringify(selector)})?.textContent ?? ""`);
const status = (name) => evaluate(`[...document.querySelectorAll("tbody tr")].find((row) => row.cells[0].textContent === ${JSON.stringify(name)})?.cells[1].textContent`);

async function main() {
  await open();
  await size(1280, 1000, false);
  await send("Page.navigate", { url });
  await until("the processes are listed", async () => (await evaluate(`document.querySelectorAll("tbody tr").length`)) === 3);
  if (await evaluate(`location.search`)) throw new Error("the token stays in the address");
  // The keyboard chooses; the detail follows.
  await until("web is chosen", async () => {
    await press("k");
    return (await text("#detail h2")) === "web";
  });
  await until("curves are drawn", () => evaluate(`document.querySelectorAll('figure[data-chart="memory"] polyline').length > 0`));
  await until("the program reports its loop and requests", async () => !(await evaluate(`document.querySelector('figure[data-chart="requests"]').hidden`)));
  await until("output comes", () => evaluate(`document.querySelectorAll("pre div").length > 5`));
  // More comes by itself.
  const lines = await evaluate(`document.querySelector("pre").childElementCount`);
  await until("more output comes", async () => (await evaluate(`document.querySelector("pre").childElementCount`)) > lines);
  await picture("dashboard-light");
  // Searching the output.
  await press("f");
  for (const letter of "warning") await press(letter);
  await until("only what is searched for is shown", () => evaluate(`[...document.querySelectorAll("pre div")].length > 0 && [...document.querySelectorAll("pre div")].every((line) => line.textContent.includes("warning")) && document.querySelectorAll("pre mark").length > 0`));
  await press("Escape");
  await evaluate(`(() => { const field = document.querySelector(".log-bar input"); field.value = ""; field.dispatchEvent(new Event("input")); })()`);
  // Stopping asks; a no changes nothing, a yes does.
  await press("s");
  await until("it asks", () => evaluate(`document.querySelector("#ask").open`));
  await picture("dashboard-confirm");
  await press("Escape");
  await until("the question is gone", async () => !(await evaluate(`document.querySelector("#ask").open`)));
  await sleep(200);
  if ((await status("web")) !== "online") throw new Error("a no stopped it");
  await press("s");
  await until("it asks again", () => evaluate(`document.querySelector("#ask").open`));
  await press("Enter");
  await until("it is stopped", async () => (await status("web")) === "stopped");
  await evaluate(`document.querySelector('[data-action="start"]').click()`);
  await until("it runs again", async () => (await status("web")) === "online");
  // Filtering the list, and the dark page.
  await press("/");
  for (const letter of "work") await press(letter);
  await until("the list is filtered", async () => (await evaluate(`document.querySelectorAll("tbody tr").length`)) === 1);
  await evaluate(`(() => { const field = document.querySelector("#filter"); field.value = ""; field.dispatchEvent(new Event("input")); field.blur(); })()`);
  await press("t");
  await press("t");
  const theme = await evaluate(`document.documentElement.dataset.theme`);
  if (theme !== "light") throw new Error(`the theme is ${theme}`);
  await press("t");
  const back = await evaluate(`getComputedStyle(document.body).backgroundColor`);
  if (back !== "rgb(22, 24, 28)") throw new Error(`dark is ${back}`);
  await sleep(1500);
  await picture("dashboard-dark");
  // A phone: nothing is wider than the screen.
  await size(390, 844, true);
  await until("it fits a phone", () => evaluate(`document.documentElement.scrollWidth <= 390`));
  await picture("dashboard-phone");
  // Every control has a name for readers.
  const nameless = await evaluate(`[...document.querySelectorAll("button, input")].filter((one) => !(one.textContent.trim() || one.getAttribute("aria-label"))).length`);
  if (nameless) throw new Error(`${nameless} controls have no name`);
  if (problems.length) throw new Error(problems.join("\n"));
}

let code = 0;
try {
  await main();
} catch (error) {
  console.error(String(error?.stack ?? error), problems);
  try {
    await picture("failed");
  } catch {}
  code = 1;
}
browser.kill();
await sleep(300);
browser.kill("SIGKILL");
process.exit(code);
