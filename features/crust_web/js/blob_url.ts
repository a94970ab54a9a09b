// The store behind URL.createObjectURL. An entry keeps its blob alive until it is revoked, as the File API says.

import { isBlob } from "crust:web/blob";
import type { Blob } from "crust:web/blob";
import { crypto } from "crust:crypto/crypto";
import { codedTypeError, describe, toDOMString } from "crust:web/webidl";

const store = new Map<string, Blob>();

export function createObjectURL(blob: unknown): string {
  if (!isBlob(blob)) {
    throw codedTypeError("ERR_INVALID_ARG_TYPE", `The "obj" argument must be an instance of Blob. Received ${describe(blob)}`);
  }
  // Neither Bun's nor Node's programs have an origin; both write the scheme and an id.
  const url = `blob:${crypto.randomUUID()}`;
  store.set(url, blob);
  return url;
}

export function revokeObjectURL(url: string): void {
  store.delete(toDOMString(url));
}

/** The blob an object URL stands for; node:buffer's resolveObjectURL. */
export function resolveObjectURL(url: string): Blob | undefined {
  return store.get(url.split("#", 1)[0] as string);
}
