// Bun.stringWidth, Bun.stripANSI, Bun.escapeHTML and Bun.indexOfLine.
import { stringWidth as widthOf, stripAnsi } from "crust:console/inspect/width";

/** Columns that `text` takes in a terminal. */
export function stringWidth(text: string, options?: { countAnsiEscapeCodes?: boolean }): number {
  return widthOf(text === undefined ? "" : String(text), Boolean(options?.countAnsiEscapeCodes));
}

/** `text` without escape sequences. */
export function stripANSI(text: string): string {
  return stripAnsi(String(text));
}

const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#x27;" };

/** `text` as it may stand in HTML. */
export function escapeHTML(text: unknown): string {
  return String(text).replace(/[&<>"']/g, (char) => ENTITIES[char] as string);
}

const LINE_FEED = 10;

/** The offset of the next line end in `bytes`, from `offset`; -1 when there is none. */
export function indexOfLine(bytes: ArrayBufferView | ArrayBuffer, offset = 0): number {
  const view = ArrayBuffer.isView(bytes) ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength) : new Uint8Array(bytes);
  return view.indexOf(LINE_FEED, offset);
}
