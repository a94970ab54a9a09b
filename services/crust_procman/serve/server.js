// The server of `crust-pm serve`: the files of one folder, and nothing beside it. It lists no folder, runs nothing,
// and shows no name that begins with a dot.
import { createHash, timingSafeEqual } from "node:crypto";
import { realpathSync, statSync } from "node:fs";
import { resolve, sep } from "node:path";

const { PM2_SERVE_PATH, PM2_SERVE_PORT, PM2_SERVE_HOST, PM2_SERVE_SPA, PM2_SERVE_HOMEPAGE, PORT } = process.env;
const root = realpathSync(resolve(PM2_SERVE_PATH || "."));
const homepage = (PM2_SERVE_HOMEPAGE || "index.html").replace(/^\/+/, "");
const isApp = PM2_SERVE_SPA === "true";
const user = process.env.PM2_SERVE_BASIC_AUTH_USERNAME;
const password = process.env.PM2_SERVE_BASIC_AUTH_PASSWORD;
const isOpen = process.env.PM2_SERVE_BASIC_AUTH === "false" || user === undefined || password === undefined;

const text = (status, body, headers = {}) => new Response(body, { status, headers: { "Content-Type": "text/plain; charset=utf-8", ...headers } });

/** Compares in a time that does not tell how much was right. */
function same(left, right) {
  const digest = (value) => createHash("sha256").update(value).digest();
  return timingSafeEqual(digest(left), digest(right));
}

function isAllowed(request) {
  if (isOpen) return true;
  const [scheme, coded = ""] = (request.headers.get("authorization") ?? "").split(" ");
  const given = Buffer.from(coded, "base64").toString();
  return scheme.toLowerCase() === "basic" && same(given, `${user}:${password}`);
}

/** The names in a path, or undefined where one cannot be a file's. */
function namesOf(path) {
  const names = [];
  for (const part of path.split("/")) {
    if (part === "") continue;
    let name;
    try {
      name = decodeURIComponent(part);
    } catch {
      return undefined;
    }
    if (/[/\\\0]/.test(name) || (name.startsWith(".") && name !== ".well-known")) return undefined;
    names.push(name);
  }
  return names;
}

/** What is at a path below the folder, links followed as long as they stay in it. */
function find(names) {
  try {
    const path = realpathSync([root, ...names].join(sep));
    if (path !== root && !path.startsWith(root === sep ? root : root + sep)) return undefined;
    return { path, about: statSync(path) };
  } catch {
    return undefined;
  }
}

function send(found, request, status = 200) {
  const { about, path } = found;
  const tag = `W/"${about.size.toString(16)}-${Math.trunc(about.mtimeMs).toString(16)}"`;
  const headers = { ETag: tag, "Last-Modified": about.mtime.toUTCString(), "X-Content-Type-Options": "nosniff" };
  if (status === 200 && request.headers.get("if-none-match") === tag) return new Response(null, { status: 304, headers });
  return new Response(Bun.file(path), { status, headers });
}

function answer(request) {
  if (!isAllowed(request)) return text(401, "a user and a password are needed\n", { "WWW-Authenticate": 'Basic realm="crust-pm", charset="UTF-8"' });
  if (request.method !== "GET" && request.method !== "HEAD") return text(405, "only GET and HEAD\n", { Allow: "GET, HEAD" });
  const url = new URL(request.url);
  const names = namesOf(url.pathname);
  if (!names) return text(404, "not found\n");
  let found = find(names);
  if (found?.about.isDirectory()) {
    if (names.length > 0 && !url.pathname.endsWith("/")) {
      // A path of its own, so that two slashes at the start are no host.
      const place = `/${names.map(encodeURIComponent).join("/")}/${url.search}`;
      return new Response(null, { status: 301, headers: { Location: place } });
    }
    found = find([...names, names.length === 0 ? homepage : "index.html"]);
  }
  if (found?.about.isFile()) return send(found, request);
  const page = isApp ? find([homepage]) : undefined;
  if (page?.about.isFile()) return send(page, request);
  const missing = find(["404.html"]);
  return missing?.about.isFile() ? send(missing, request, 404) : text(404, "not found\n");
}

const server = Bun.serve({ hostname: PM2_SERVE_HOST || "0.0.0.0", port: Number(PORT || PM2_SERVE_PORT || 8080), fetch: answer });
console.log(`serving ${root} at ${server.hostname}:${server.port}`);

async function end() {
  await server.stop();
  process.exit(0);
}
process.on("SIGTERM", end);
process.on("SIGINT", end);
