// Puts the parts together: what comes is handed to them, keys and fields to what they mean.

import { order, say, type Action } from "./actions.ts";
import { DetailView } from "./detail.ts";
import { byId, write } from "./dom.ts";
import { List } from "./list.ts";
import { Live } from "./live.ts";
import type { Message, Process } from "./types.ts";

let processes: Process[] = [];
let problems: string[] = [];
let chosen: number | undefined;
let isConnected = false;

// The token of the address is in a cookie by now.
if (location.search.includes("token=")) history.replaceState(null, "", location.pathname);

const list = new List(choose);
byId("list").append(list.element);
const detail = new DetailView(byId("detail"));
const live = new Live(take, (connected) => {
  isConnected = connected;
  summarize();
});

function take(message: Message): void {
  switch (message.type) {
    case "list":
      processes = message.processes;
      problems = message.problems;
      if (chosen === undefined || !processes.some((process) => process.id === chosen)) {
        const first = processes.find((process) => process.status !== "online") ?? processes[0];
        if (first) choose(first.id);
        else chosen = undefined;
      }
      draw();
      for (const process of processes) detail.charts.add(process, message.at);
      break;
    case "log":
      if (message.id === chosen) detail.log.add(message.stream, message.text);
      break;
    case "event":
      if (["errored", "limit", "log-paused", "reload-failed"].includes(message.event.event)) {
        say(`${message.event.name ?? ""} ${message.event.event}: ${message.event.detail}`);
      }
      break;
  }
}

function choose(id: number): void {
  if (chosen === id) return;
  chosen = id;
  live.follow(id);
  draw();
  list.reveal(id);
}

function current(): Process | undefined {
  return processes.find((process) => process.id === chosen);
}

function draw(): void {
  list.draw(processes, chosen);
  const process = current();
  if (process) detail.draw(process);
  byId("detail").hidden = !process;
  summarize();
}

function summarize(): void {
  const online = processes.filter((process) => process.status === "online").length;
  const text = isConnected ? `${online} of ${processes.length} online` : "the daemon does not answer; trying again";
  write(byId("summary"), [text, ...problems].join(" · "));
  document.title = isConnected ? `${online}/${processes.length} · crust-pm` : "crust-pm";
}

function toggleTheme(): void {
  const root = document.documentElement;
  const isDark = root.dataset.theme
    ? root.dataset.theme === "dark"
    : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = isDark ? "light" : "dark";
  try {
    localStorage.setItem("theme", root.dataset.theme);
  } catch {
    // Without a place to keep it, it lasts as long as the page.
  }
}

try {
  const kept = localStorage.getItem("theme");
  if (kept === "light" || kept === "dark") document.documentElement.dataset.theme = kept;
} catch {
  // As above.
}

const KEYS: Record<string, Action> = { r: "restart", l: "reload", a: "start", s: "stop", d: "delete" };

function onKey(event: KeyboardEvent): void {
  const target = event.target as HTMLElement;
  const isField = target.matches("input, textarea");
  if (event.key === "Escape" && isField) {
    target.blur();
    return;
  }
  if (isField || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  const action = KEYS[event.key];
  const process = current();
  if (action && process) void order(action, process);
  else if (event.key === "j" || event.key === "ArrowDown") step(1);
  else if (event.key === "k" || event.key === "ArrowUp") step(-1);
  else if (event.key === "/") byId("filter").focus();
  else if (event.key === "f") detail.log.search.focus();
  else if (event.key === "p") detail.log.toggle();
  else if (event.key === "t") toggleTheme();
  else if (event.key === "?") byId<HTMLDialogElement>("keys").showModal();
  else return;
  event.preventDefault();
}

function step(by: number): void {
  const next = list.neighbour(chosen, by);
  if (next !== undefined) choose(next);
}

document.addEventListener("keydown", onKey);
byId("theme").addEventListener("click", toggleTheme);
byId("help").addEventListener("click", () => byId<HTMLDialogElement>("keys").showModal());
const filter = byId<HTMLInputElement>("filter");
filter.addEventListener("input", () => {
  list.search(filter.value);
  draw();
});
