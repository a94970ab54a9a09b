// Argument checks shared by Node's modules; each throws the coded error Node throws, and returns nothing.

import { codes } from "crust:node/internal/errors";

const { ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE, ERR_OUT_OF_RANGE, ERR_SOCKET_BAD_PORT, ERR_UNKNOWN_SIGNAL } = codes as any;

export function isInt32(value: unknown): boolean {
  return value === ((value as number) | 0);
}

export function isUint32(value: unknown): boolean {
  return value === ((value as number) >>> 0);
}

export function validateString(value: unknown, name: string): asserts value is string {
  if (typeof value !== "string") throw new ERR_INVALID_ARG_TYPE(name, "string", value);
}

export function validateStringWithoutNullBytes(value: unknown, name: string): void {
  validateString(value, name);
  if (value.includes("\u0000")) throw new ERR_INVALID_ARG_VALUE(name, value, "must be a string without null bytes");
}

export function validateNumber(value: unknown, name: string, min?: number, max?: number): asserts value is number {
  if (typeof value !== "number") throw new ERR_INVALID_ARG_TYPE(name, "number", value);
  if ((min != null && value < min) || (max != null && value > max) || ((min != null || max != null) && Number.isNaN(value))) {
    const low = min != null ? `>= ${min}` : "";
    const high = max != null ? `<= ${max}` : "";
    throw new ERR_OUT_OF_RANGE(name, `${low}${low && high ? " && " : ""}${high}`, value);
  }
}

export function validateInteger(value: unknown, name: string, min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER): asserts value is number {
  if (typeof value !== "number") throw new ERR_INVALID_ARG_TYPE(name, "number", value);
  if (!Number.isInteger(value)) throw new ERR_OUT_OF_RANGE(name, "an integer", value);
  if (value < min || value > max) throw new ERR_OUT_OF_RANGE(name, `>= ${min} && <= ${max}`, value);
}

export function validateInt32(value: unknown, name: string, min = -2147483648, max = 2147483647): asserts value is number {
  validateInteger(value, name, min, max);
}

export function validateUint32(value: unknown, name: string, positive = false): asserts value is number {
  if (typeof value !== "number") throw new ERR_INVALID_ARG_TYPE(name, "number", value);
  if (!Number.isInteger(value)) throw new ERR_OUT_OF_RANGE(name, "an integer", value);
  const min = positive ? 1 : 0;
  if (value < min || value > 4294967295) throw new ERR_OUT_OF_RANGE(name, `>= ${min} && <= 4294967295`, value);
}

export function validateBoolean(value: unknown, name: string): asserts value is boolean {
  if (typeof value !== "boolean") throw new ERR_INVALID_ARG_TYPE(name, "boolean", value);
}

export function validateFunction(value: unknown, name: string): asserts value is (...args: any[]) => any {
  if (typeof value !== "function") throw new ERR_INVALID_ARG_TYPE(name, "Function", value);
}

export function validateObject(value: unknown, name: string, options?: { allowArray?: boolean; allowFunction?: boolean; nullable?: boolean }): void {
  if (value === null) {
    if (options?.nullable) return;
  } else if (typeof value === "object") {
    if (options?.allowArray || !Array.isArray(value)) return;
  } else if (typeof value === "function" && options?.allowFunction) return;
  throw new ERR_INVALID_ARG_TYPE(name, "Object", value);
}

export function validateArray(value: unknown, name: string, minLength = 0): asserts value is any[] {
  if (!Array.isArray(value)) throw new ERR_INVALID_ARG_TYPE(name, "Array", value);
  if (value.length < minLength) throw new ERR_INVALID_ARG_VALUE(name, value, `must be longer than ${minLength}`);
}

export function validateStringArray(value: unknown, name: string): void {
  validateArray(value, name);
  value.forEach((item, index) => validateString(item, `${name}[${index}]`));
}

export function validateOneOf(value: unknown, name: string, oneOf: readonly unknown[]): void {
  if (oneOf.includes(value)) return;
  const allowed = oneOf.map((item) => (typeof item === "string" ? `'${item}'` : String(item))).join(", ");
  throw new ERR_INVALID_ARG_VALUE(name, value, `must be one of: ${allowed}`);
}

export function validateUnion(value: unknown, name: string, union: readonly unknown[]): void {
  if (!union.includes(value)) throw new ERR_INVALID_ARG_TYPE(name, `('${union.join("|")}')`, value);
}

export function validateAbortSignal(value: any, name: string): void {
  if (value !== undefined && (value === null || typeof value !== "object" || !("aborted" in value))) {
    throw new ERR_INVALID_ARG_TYPE(name, "AbortSignal", value);
  }
}

export function validateBuffer(value: unknown, name = "buffer"): void {
  if (!ArrayBuffer.isView(value)) throw new ERR_INVALID_ARG_TYPE(name, ["Buffer", "TypedArray", "DataView"], value);
}

export function validatePort(value: any, name = "Port", allowZero = true): number {
  const isNumeric = typeof value === "number" || (typeof value === "string" && value.trim().length > 0);
  if (!isNumeric || +value !== +value >>> 0 || value > 0xffff || (value === 0 && !allowZero)) {
    throw new ERR_SOCKET_BAD_PORT(name, value, allowZero);
  }
  return value | 0;
}

export function validateSignalName(value: unknown, name = "signal"): void {
  validateString(value, name);
  const { signals } = require("node:os").constants;
  if (signals[value] === undefined) {
    if (signals[value.toUpperCase()] !== undefined) throw new ERR_UNKNOWN_SIGNAL(`${value} (signals must use all capital letters)`);
    throw new ERR_UNKNOWN_SIGNAL(value);
  }
}

export function validateEncoding(data: unknown, encoding: any): void {
  const lower = String(encoding).toLowerCase();
  if (lower === "hex" && typeof data === "string" && data.length % 2 !== 0) {
    throw new ERR_INVALID_ARG_VALUE("encoding", encoding, `is invalid for data of length ${data.length}`);
  }
}

/** Accepts `0o644`, `"644"` and `undefined` with a default, as file modes do. */
export function parseFileMode(value: any, name: string, fallback?: number): number {
  let mode = value ?? fallback;
  if (typeof mode === "string") {
    if (!/^[0-7]+$/.test(mode)) throw new ERR_INVALID_ARG_VALUE(name, value, "must be a 32-bit unsigned integer or an octal string");
    mode = Number.parseInt(mode, 8);
  }
  validateUint32(mode, name);
  return mode;
}

export const kEmptyObject: Readonly<Record<string, never>> = Object.freeze(Object.create(null));
