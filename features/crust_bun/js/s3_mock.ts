// `Bun.s3` and `Bun.S3Client` over a local folder, `.crust/s3/BUCKET/KEY` below the working directory:
// for tests and development, while the flag MOCK_S3 of the project header is on. Nothing here speaks to a
// server; what only a server can do is refused.

import { BunFile, write as writeFile } from "crust:fs/bun_file";

interface Options {
  bucket?: string;
  type?: string;
}
interface ListOptions {
  prefix?: string;
  delimiter?: string;
  maxKeys?: number;
  startAfter?: string;
}

/** What one answer of a server holds at most. */
const MOST_KEYS = 1000;

function failed(code: string, message: string, path?: string): Error {
  return Object.assign(new Error(message), { name: "S3Error", code, path });
}

function bucketOf(options: Options | undefined): string {
  const { env } = process;
  const bucket = options?.bucket ?? env["S3_BUCKET"] ?? env["AWS_BUCKET"] ?? "default";
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/.test(bucket)) throw failed("InvalidBucketName", `"${bucket}" is not the name of a bucket`);
  return bucket;
}

// A key is a path below its bucket, and nothing above it.
function keyOf(value: unknown): string {
  if (typeof value !== "string") throw Object.assign(new TypeError("Expected a key as a string"), { code: "ERR_INVALID_ARG_TYPE" });
  const key = value.replace(/^s3:\/\/[^/]*\//, "").replace(/^\/+/, "");
  const parts = key.split("/");
  if (key.includes("\0") || parts.some((part) => part === "" || part === "." || part === "..")) {
    throw failed("ERR_S3_INVALID_PATH", `the local folder has no place for the key "${value}"`, value);
  }
  return key;
}

function folderOf(bucket: string): string {
  return `${process.cwd()}/.crust/s3/${bucket}`;
}

class S3File extends BunFile {
  #key: string;
  #bucket: string;
  #path: string;

  constructor(bucket: string, key: string, type: string | undefined) {
    const path = `${folderOf(bucket)}/${key}`;
    super(path, type);
    this.#key = key;
    this.#bucket = bucket;
    this.#path = path;
  }

  get name(): string {
    return this.#key;
  }
  get bucket(): string {
    return this.#bucket;
  }

  async #found<T>(read: Promise<T>): Promise<T> {
    try {
      return await read;
    } catch (error: any) {
      if (error?.code === "ENOENT") throw failed("NoSuchKey", "The specified key does not exist.", this.#key);
      throw error;
    }
  }
  async text(): Promise<string> {
    return this.#found(super.text());
  }
  async json(): Promise<any> {
    return JSON.parse(await this.text());
  }
  async bytes(): Promise<Uint8Array> {
    return this.#found(super.bytes());
  }
  async arrayBuffer(): Promise<ArrayBuffer> {
    return this.#found(super.arrayBuffer());
  }
  write(data: unknown): Promise<number> {
    return writeFile(this, data);
  }
  writer(options?: { highWaterMark?: number }): any {
    require("crust:fs/fs").mkdirSync(this.#path.slice(0, this.#path.lastIndexOf("/")), { recursive: true });
    return super.writer(options);
  }
  // As a server: what is not there is deleted too.
  async unlink(): Promise<void> {
    await super.unlink().catch((error: any) => {
      if (error?.code !== "ENOENT") throw error;
    });
  }
  delete(): Promise<void> {
    return this.unlink();
  }
  async stat(): Promise<any> {
    const figures = await this.#found(super.stat());
    return { etag: etagOf(figures), lastModified: figures.mtime, size: figures.size, type: this.type };
  }
  presign(): never {
    throw failed("ERR_S3_MOCK", "a local folder has no URLs to sign (MOCK_S3 is on)", this.#key);
  }
}

// Not a hash of the content: it changes when the file does, which is what it is compared for.
function etagOf(figures: any): string {
  return `"${Math.trunc(figures.mtimeMs).toString(16)}-${figures.size.toString(16)}"`;
}

export class S3Client {
  #options: Options;

  constructor(options: Options = {}) {
    this.#options = { ...options };
    bucketOf(this.#options);
  }
  file(path: unknown, options?: Options): S3File {
    const all = { ...this.#options, ...options };
    return new S3File(bucketOf(all), keyOf(path), all.type);
  }
  async write(path: unknown, data: unknown, options?: Options): Promise<number> {
    return this.file(path, options).write(data);
  }
  async exists(path: unknown, options?: Options): Promise<boolean> {
    return this.file(path, options).exists();
  }
  async size(path: unknown, options?: Options): Promise<number> {
    return (await this.stat(path, options)).size;
  }
  async stat(path: unknown, options?: Options): Promise<any> {
    return this.file(path, options).stat();
  }
  async unlink(path: unknown, options?: Options): Promise<void> {
    return this.file(path, options).unlink();
  }
  async delete(path: unknown, options?: Options): Promise<void> {
    return this.unlink(path, options);
  }
  presign(path: unknown, options?: Options): never {
    return this.file(path, options).presign();
  }
  async list(input: ListOptions = {}, options?: Options): Promise<any> {
    const bucket = bucketOf({ ...this.#options, ...options });
    const { prefix = "", delimiter, maxKeys = MOST_KEYS, startAfter = "" } = input;
    const most = Math.max(0, Math.min(MOST_KEYS, maxKeys));
    const contents: any[] = [];
    const groups = new Set<string>();
    let isTruncated = false;
    for (const [key, path] of keysBelow(folderOf(bucket))) {
      if (!key.startsWith(prefix) || key <= startAfter) continue;
      const cut = delimiter ? key.indexOf(delimiter, prefix.length) : -1;
      const group = cut >= 0 ? key.slice(0, cut + delimiter!.length) : undefined;
      if (group !== undefined && groups.has(group)) continue;
      if (contents.length + groups.size >= most) {
        isTruncated = true;
        break;
      }
      if (group !== undefined) groups.add(group);
      else {
        const figures = require("crust:fs/fs").statSync(path);
        contents.push({ key, eTag: etagOf(figures), lastModified: figures.mtime.toISOString(), size: figures.size, storageClass: "STANDARD" });
      }
    }
    const answer: any = { name: bucket, keyCount: contents.length + groups.size, maxKeys: most, isTruncated };
    if (prefix !== "") answer.prefix = prefix;
    if (delimiter) answer.delimiter = delimiter;
    if (startAfter !== "") answer.startAfter = startAfter;
    if (contents.length > 0) answer.contents = contents;
    if (groups.size > 0) answer.commonPrefixes = [...groups].map((group) => ({ prefix: group }));
    return answer;
  }

  static file(path: unknown, options?: Options): S3File {
    return new S3Client(options).file(path);
  }
  static write(path: unknown, data: unknown, options?: Options): Promise<number> {
    return new S3Client(options).write(path, data);
  }
  static exists(path: unknown, options?: Options): Promise<boolean> {
    return new S3Client(options).exists(path);
  }
  static size(path: unknown, options?: Options): Promise<number> {
    return new S3Client(options).size(path);
  }
  static stat(path: unknown, options?: Options): Promise<any> {
    return new S3Client(options).stat(path);
  }
  static unlink(path: unknown, options?: Options): Promise<void> {
    return new S3Client(options).unlink(path);
  }
  static delete(path: unknown, options?: Options): Promise<void> {
    return new S3Client(options).unlink(path);
  }
  static presign(path: unknown, options?: Options): never {
    return new S3Client(options).presign(path);
  }
  static list(input?: ListOptions, options?: Options): Promise<any> {
    return new S3Client(options).list(input);
  }
}

// Every key of a bucket with its file, in the order of a server: by code units.
function keysBelow(folder: string): [string, string][] {
  const { readdirSync } = require("crust:fs/fs") as typeof import("node:fs");
  let entries;
  try {
    entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  } catch (error: any) {
    if (error?.code === "ENOENT") return [];
    throw error;
  }
  const files = entries.filter((entry) => entry.isFile()).map((entry) => `${entry.parentPath}/${entry.name}`);
  const keys = files.map((path): [string, string] => [path.slice(folder.length + 1), path]);
  return keys.sort(([a], [b]) => (a < b ? -1 : 1));
}

export const s3: S3Client = new S3Client();
