// Bun.embeddedFiles: the assets of a single executable, as blobs with the names they were built with.

import { embeddedPaths } from "crust:ops/build_api";
import { file } from "crust:fs/bun_file";

const ROOT = "/$bunfs/root/";

function open(path: string): Blob {
  const blob = (file as (path: string) => Blob)(path);
  Object.defineProperty(blob, "name", { value: path.slice(ROOT.length), configurable: true, enumerable: true, writable: true });
  return blob;
}

export const embeddedFiles: readonly Blob[] = (embeddedPaths() as string[]).map(open);
