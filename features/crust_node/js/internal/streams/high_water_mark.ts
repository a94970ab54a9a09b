// The default sizes of stream buffers.

import { codes } from "crust:node/internal/errors";
import { validateInteger } from "crust:node/internal/validators";

// One read of 64 KiB fills a buffer: larger gains nothing on Linux pipes and sockets.
let bytes = 64 * 1024;
let objects = 16;

export function getDefaultHighWaterMark(objectMode?: boolean): number {
  return objectMode ? objects : bytes;
}

export function setDefaultHighWaterMark(objectMode: boolean, value: number): void {
  validateInteger(value, "value", 0);
  if (objectMode) objects = value;
  else bytes = value;
}

/** The mark that `options` ask for; a duplex has one per side. */
export function highWaterMarkOf(options: any, objectMode: boolean, sideKey: string, isDuplex: boolean): number {
  const value = options?.highWaterMark != null ? options.highWaterMark : isDuplex ? options?.[sideKey] : null;
  if (value == null) return getDefaultHighWaterMark(objectMode);
  if (!Number.isInteger(value) || value < 0) {
    throw new codes.ERR_INVALID_ARG_VALUE!(isDuplex && options?.highWaterMark == null ? `options.${sideKey}` : "options.highWaterMark", value);
  }
  return Math.floor(value);
}
