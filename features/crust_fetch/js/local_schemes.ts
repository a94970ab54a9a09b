// fetch for data:, blob: and file: URLs. Never touches the network.

import { Body } from "crust:web/body";
import type { BodySource } from "crust:web/body";
import { parseDataUrl } from "crust:web/data_url";
import { Headers } from "crust:web/headers";
import type { Request } from "crust:web/request";
import { networkResponse } from "crust:web/response";
import type { Response } from "crust:web/response";
import type { URL } from "crust:web/url";
import { argumentFailure } from "crust:fetch/failure";

function localResponse(url: URL, source: BodySource, type: string, length?: number): Response {
  const headers = new Headers(type === "" ? {} : { "content-type": type });
  if (length !== undefined) {
    headers.set("content-length", String(length));
  }
  return networkResponse(200, "OK", headers, new Body(source, null, null), { url: url.href, redirected: false, type: "basic" });
}

export function fetchData(url: URL): Response {
  const data = parseDataUrl(url.href);
  if (data === null) {
    throw argumentFailure("ERR_INVALID_URL", "fetch() got an invalid data: URL");
  }
  return localResponse(url, data.body, data.type);
}

export function fetchBlob(request: Request, url: URL): Response {
  const { resolveObjectURL } = require("crust:web/blob_url") as typeof import("crust:web/blob_url");
  const blob = resolveObjectURL(url.href);
  if (blob === undefined || request.method !== "GET") {
    throw argumentFailure("ERR_INVALID_URL", `fetch() failed: ${url.href} is no object URL that can be read`);
  }
  return localResponse(url, blob, blob.type, blob.size);
}

/** The file is read as the body is; that it is there and can be read is known before. */
export async function fetchFile(url: URL): Promise<Response> {
  const { fileURLToPath } = require("node:url") as typeof import("node:url");
  const { access } = require("node:fs/promises") as typeof import("node:fs/promises");
  const path = fileURLToPath(url.href);
  const { BunFile } = require("crust:fs/bun_file") as { BunFile: new (path: string, type?: string) => Blob & { stat(): Promise<{ isDirectory(): boolean }> } };
  const file = new BunFile(path);
  let stats: { isDirectory(): boolean };
  try {
    stats = await file.stat();
    await access(path, 4);
  } catch (error) {
    const { code, errno } = error as { code: string; errno: number };
    const reason = /^[A-Z]+: ([^,]*)/.exec((error as Error).message)?.[1] ?? "cannot be read";
    throw Object.assign(new Error(`${code}: ${reason}, open '${path}'`), { code, path, syscall: "open", errno });
  }
  if (stats.isDirectory()) {
    throw Object.assign(new Error("Directories cannot be read like files"), { code: "EISDIR", path, syscall: "read", errno: 0 });
  }
  return localResponse(url, file as never, file.type, file.size);
}
