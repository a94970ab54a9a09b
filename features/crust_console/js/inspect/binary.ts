// Typed arrays, array buffers, data views and Node's Buffer.
import type { Formatter } from "crust:console/inspect/formatter";
import { Kind, constructorName } from "crust:console/inspect/kinds";
import { YELLOW, numberText } from "crust:console/inspect/text";

/** Elements printed before the rest is only counted. */
const MOST_ELEMENTS = 512;
/** Bytes of a Buffer printed before the rest is only counted. */
const MOST_BUFFER_BYTES = 50;

const typedArrayTag = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), Symbol.toStringTag)!.get!;

export function formatBinary(f: Formatter, value: ArrayBufferView | ArrayBuffer, kind: Kind): void {
  if (kind === Kind.Buffer) return formatBuffer(f, value as Uint8Array);
  if (kind === Kind.TypedArray) {
    return elements(f, typedArrayTag.call(value) as string, value as unknown as ArrayLike<number | bigint>);
  }
  if (kind === Kind.DataView) {
    const view = value as DataView;
    return elements(f, "DataView", new Uint8Array(view.buffer, view.byteOffset, view.byteLength));
  }
  const name = value instanceof ArrayBuffer ? "ArrayBuffer" : "SharedArrayBuffer";
  elements(f, name, isDetached(value) ? [] : new Uint8Array(value as ArrayBuffer));
}

function isDetached(value: unknown): boolean {
  return (value as { detached?: boolean }).detached === true;
}

function elements(f: Formatter, name: string, values: ArrayLike<number | bigint>): void {
  const { length } = values;
  f.out += `${name}(${length}) [`;
  if (length === 0) {
    f.out += "]";
    return;
  }
  f.out += " ";
  const shown = Math.min(length, MOST_ELEMENTS);
  for (let i = 0; i < shown; i++) {
    if (i > 0) {
      f.comma();
      f.line += 1;
      f.out += " ";
    }
    const element = values[i] as number | bigint;
    f.paint(typeof element === "bigint" ? `${element}n` : element === 0 ? "0" : numberText(element), YELLOW);
  }
  if (length > shown) {
    f.comma();
    f.out += ` ... ${length - shown} more`;
  }
  f.out += " ]";
}

function formatBuffer(f: Formatter, value: Uint8Array): void {
  const shown = Math.min(value.length, MOST_BUFFER_BYTES);
  let text = "";
  for (let i = 0; i < shown; i++) text += (i > 0 ? " " : "") + (value[i] as number).toString(16).padStart(2, "0");
  if (value.length > shown) {
    const rest = value.length - shown;
    text += ` ... ${rest} more byte${rest === 1 ? "" : "s"}`;
  }
  f.out += `<${constructorName(value) ?? "Buffer"} ${text}>`;
}
