// `node:crypto`: random values, digests, HMAC, key derivation, AES, secret keys and comparison in constant time.
// Key pairs and signatures do not exist here yet and refuse.

import { Buffer } from "node:buffer";
import { hashOnce, hkdfDerive, pbkdf2Derive, randomFillBytes, scryptDerive, timingSafeEqual as nativeTimingSafeEqual } from "crust:ops/node";
import { codes, notImplemented } from "crust:node/internal/errors";
import { Hash as HashClass, Hmac as HmacClass, toBytes } from "crust:node/internal/hash";
import { cryptoConstants } from "crust:node/internal/legacy_constants";
import * as ciphers from "crust:node/internal/ciphers";
import * as keys from "crust:node/internal/keys";
import { refusedClasses, refusedFunctions } from "crust:node/internal/refuse";
import { validateBoolean, validateFunction, validateInteger, validateNumber, validateObject, validateString } from "crust:node/internal/validators";

const B: any = Buffer;
const { ERR_CRYPTO_INVALID_DIGEST, ERR_CRYPTO_TIMING_SAFE_EQUAL_LENGTH, ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE } = codes as any;

/** The most one request fills; larger buffers than this exist nowhere here. */
const MAX_RANDOM = 2 ** 31 - 1;

// ---- Random values

function checkCount(value: unknown, name: string, max: number): void {
  validateNumber(value, name);
  if (Number.isNaN(value) || value > max || value < 0) throw new ERR_OUT_OF_RANGE(name, `>= 0 && <= ${max}`, value);
}

export function randomBytes(size: number, callback?: (error: unknown, bytes: any) => void): any {
  checkCount(size, "size", MAX_RANDOM);
  if (callback !== undefined) validateFunction(callback, "callback");
  const bytes = B.alloc(size);
  randomFillBytes(bytes);
  if (callback === undefined) return bytes;
  process.nextTick(callback, null, bytes);
  return undefined;
}

function bytesOf(buffer: any): Uint8Array {
  if (ArrayBuffer.isView(buffer)) return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
  if (buffer instanceof ArrayBuffer) return new Uint8Array(buffer);
  throw new ERR_INVALID_ARG_TYPE("buf", ["ArrayBuffer", "ArrayBufferView"], buffer);
}

export function randomFillSync(buffer: any, offset = 0, size?: number): any {
  const bytes = bytesOf(buffer);
  const unit = buffer.BYTES_PER_ELEMENT || 1;
  checkCount(offset, "offset", bytes.length / unit);
  const count = size === undefined ? bytes.length - offset * unit : size * unit;
  if (size !== undefined) {
    checkCount(size, "size", MAX_RANDOM);
    if (offset * unit + count > bytes.length) throw new ERR_OUT_OF_RANGE("size + offset", `<= ${bytes.length}`, offset + size);
  }
  randomFillBytes(bytes.subarray(offset * unit, offset * unit + count));
  return buffer;
}

export function randomFill(buffer: any, offset: any, size?: any, callback?: any): void {
  if (typeof offset === "function") [callback, offset, size] = [offset, 0, undefined];
  else if (typeof size === "function") [callback, size] = [size, undefined];
  validateFunction(callback, "callback");
  randomFillSync(buffer, offset, size);
  process.nextTick(callback, null, buffer);
}

// Six bytes hold 2^48 values: the range that randomInt promises.
const RANDOM_LIMIT = 2 ** 48;

export function randomInt(min: any, max?: any, callback?: any): any {
  const minOnly = max === undefined || typeof max === "function";
  if (minOnly) [callback, max, min] = [max, min, 0];
  if (callback !== undefined) validateFunction(callback, "callback");
  if (!Number.isSafeInteger(min)) throw new ERR_INVALID_ARG_TYPE("min", "a safe integer", min);
  if (!Number.isSafeInteger(max)) throw new ERR_INVALID_ARG_TYPE("max", "a safe integer", max);
  if (max <= min) throw new ERR_OUT_OF_RANGE("max", `greater than the value of "min" (${min})`, max);
  const range = max - min;
  if (range > RANDOM_LIMIT - 1) throw new ERR_OUT_OF_RANGE(minOnly ? "max" : "max - min", `<= ${RANDOM_LIMIT - 1}`, range);
  // Values beyond the last whole multiple of the range would favour small results.
  const limit = RANDOM_LIMIT - (RANDOM_LIMIT % range);
  const bytes = B.alloc(6);
  let value: number;
  do {
    randomFillBytes(bytes);
    value = bytes.readUIntBE(0, 6);
  } while (value >= limit);
  const result = (value % range) + min;
  if (callback === undefined) return result;
  process.nextTick(callback, undefined, result);
  return undefined;
}

function formatUuid(bytes: any, version: number): string {
  bytes[6] = (bytes[6] & 0x0f) | (version << 4);
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = bytes.toString("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

export function randomUUID(options?: { disableEntropyCache?: boolean }): string {
  if (options !== undefined) validateObject(options, "options");
  if (options?.disableEntropyCache !== undefined) validateBoolean(options.disableEntropyCache, "options.disableEntropyCache");
  return formatUuid(randomBytes(16), 4);
}

export function randomUUIDv7(): string {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(Date.now(), 0, 6);
  return formatUuid(bytes, 7);
}

export function getRandomValues(array: any): any {
  return (globalThis as any).crypto.getRandomValues(array);
}

// ---- Digests

const available = ["md5", "sha1", "sha224", "sha256", "sha384", "sha512", "sha512-256"];

export const getHashes = (): string[] => available.slice();

export const Hash: any = callable(HashClass);
export const Hmac: any = callable(HmacClass);

/** Node's own constructors work without `new`. */
function callable(target: any): any {
  return new Proxy(target, { apply: (fn, _self, args) => Reflect.construct(fn, args) });
}

export function createHash(algorithm: string, options?: object): HashClass {
  return new HashClass(algorithm, options);
}

export function createHmac(algorithm: string, key: any, options?: object): HmacClass {
  return new HmacClass(algorithm, key, options);
}

export function hash(algorithm: string, input: any, options?: any): any {
  validateString(algorithm, "algorithm");
  const encoding = typeof options === "string" ? options : (options?.outputEncoding ?? "hex");
  const bytes = hashOnce(algorithm.toLowerCase(), toBytes(input, "utf8", "input"));
  if (bytes === null) throw new ERR_CRYPTO_INVALID_DIGEST(algorithm);
  const buffer = B.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return encoding === "buffer" ? buffer : buffer.toString(encoding);
}

function keyBytes(value: any, name: string): Uint8Array {
  const secret = keys.secretBytes(value);
  if (secret) return secret;
  if (typeof value === "string" || ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return toBytes(value, "utf8", name);
  throw new ERR_INVALID_ARG_TYPE(name, ["string", "ArrayBuffer", "Buffer", "TypedArray", "DataView"], value);
}

function wrapBytes(bytes: Uint8Array): any {
  return B.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function pbkdf2Arguments(password: any, salt: any, iterations: any, length: any, digest: any): any[] {
  validateString(digest, "digest");
  const secret = keyBytes(password, "password");
  const spice = keyBytes(salt, "salt");
  validateInteger(iterations, "iterations", 1, 2147483647);
  validateInteger(length, "keylen", 0, 2147483647);
  const name = digest.toLowerCase();
  if (!available.includes(name)) throw new ERR_CRYPTO_INVALID_DIGEST(digest);
  return [name, secret, spice, iterations, length];
}

export function pbkdf2Sync(password: any, salt: any, iterations: number, length: number, digest: string): any {
  return wrapBytes(pbkdf2Derive(...pbkdf2Arguments(password, salt, iterations, length, digest), false));
}

export function pbkdf2(password: any, salt: any, iterations: number, length: number, digest: any, callback?: any): void {
  if (typeof digest === "function") [callback, digest] = [digest, undefined];
  const prepared = pbkdf2Arguments(password, salt, iterations, length, digest);
  validateFunction(callback, "callback");
  pbkdf2Derive(...prepared, true).then(
    (bytes: Uint8Array) => callback(null, wrapBytes(bytes)),
    (error: unknown) => callback(error),
  );
}

function hkdfArguments(digest: any, key: any, salt: any, info: any, length: any): any[] {
  validateString(digest, "digest");
  const name = digest.toLowerCase();
  if (!available.includes(name)) throw new ERR_CRYPTO_INVALID_DIGEST(digest);
  validateInteger(length, "length", 0, MAX_RANDOM);
  return [name, keyBytes(key, "ikm"), keyBytes(salt, "salt"), keyBytes(info, "info"), length];
}

export function hkdfSync(digest: string, key: any, salt: any, info: any, length: number): ArrayBuffer {
  const bytes = hkdfDerive(...hkdfArguments(digest, key, salt, info, length)) as Uint8Array | null;
  if (bytes === null) throw Object.assign(new RangeError("Invalid key length"), { code: "ERR_CRYPTO_INVALID_KEYLEN" });
  return bytes.slice().buffer as ArrayBuffer;
}

export function hkdf(digest: string, key: any, salt: any, info: any, length: number, callback: any): void {
  validateFunction(callback, "callback");
  const result = hkdfSync(digest, key, salt, info, length);
  process.nextTick(callback, null, result);
}

interface ScryptOptions {
  N?: number;
  r?: number;
  p?: number;
  cost?: number;
  blockSize?: number;
  parallelization?: number;
  maxmem?: number;
}

function scryptArguments(password: any, salt: any, length: any, options: ScryptOptions = {}): any[] {
  const secret = keyBytes(password, "password");
  const spice = keyBytes(salt, "salt");
  validateInteger(length, "keylen", 0, 2147483647);
  const pick = (short: unknown, long: unknown, name: string, fallback: number): number => {
    const value: any = short ?? long ?? fallback;
    validateInteger(value, name, 0, 4294967295);
    return value;
  };
  const cost = pick(options.N, options.cost, "N", 16384);
  const blockSize = pick(options.r, options.blockSize, "r", 8);
  const parallel = pick(options.p, options.parallelization, "p", 1);
  const memory = options.maxmem ?? 32 * 1024 * 1024;
  validateInteger(memory, "maxmem", 0);
  // RFC 7914 §2: the block array is 128·N·r bytes.
  const invalid = cost < 2 || (cost & (cost - 1)) !== 0 || blockSize < 1 || parallel < 1;
  if (invalid || 128 * cost * blockSize > memory) {
    throw Object.assign(new RangeError(`Invalid scrypt params${invalid ? "" : ": memory limit exceeded"}`), { code: "ERR_CRYPTO_INVALID_SCRYPT_PARAMS" });
  }
  return [secret, spice, Math.log2(cost), blockSize, parallel, length];
}

export function scryptSync(password: any, salt: any, length: number, options?: ScryptOptions): any {
  return wrapBytes(scryptDerive(...scryptArguments(password, salt, length, options), false));
}

export function scrypt(password: any, salt: any, length: number, options: any, callback?: any): void {
  if (typeof options === "function") [callback, options] = [options, undefined];
  const prepared = scryptArguments(password, salt, length, options);
  validateFunction(callback, "callback");
  scryptDerive(...prepared, true).then(
    (bytes: Uint8Array) => callback(null, wrapBytes(bytes)),
    (error: unknown) => callback(error),
  );
}

export const { KeyObject } = keys;

export function createSecretKey(key: any, encoding?: any): any {
  return keys.makeSecret(typeof key === "string" ? toBytes(key, encoding, "key") : keyBytes(key, "key"));
}

export function generateKeySync(type: any, options: { length: number }): any {
  validateString(type, "type");
  if (type !== "hmac" && type !== "aes") throw new (codes as any).ERR_INVALID_ARG_VALUE("type", type, "must be a supported key type");
  validateObject(options, "options");
  validateInteger(options.length, "options.length", 8, 2147483647);
  return keys.makeSecret(randomBytes(options.length >>> 3));
}

export function generateKey(type: any, options: { length: number }, callback: any): void {
  validateFunction(callback, "callback");
  const key = generateKeySync(type, options);
  process.nextTick(callback, undefined, key);
}

export function timingSafeEqual(a: any, b: any): boolean {
  for (const [value, name] of [[a, "buf1"], [b, "buf2"]] as const) {
    if (!ArrayBuffer.isView(value) && !(value instanceof ArrayBuffer)) throw new ERR_INVALID_ARG_TYPE(name, ["ArrayBuffer", "Buffer", "TypedArray", "DataView"], value);
  }
  const left = bytesOf(a);
  const right = bytesOf(b);
  if (left.length !== right.length) throw new ERR_CRYPTO_TIMING_SAFE_EQUAL_LENGTH();
  return nativeTimingSafeEqual(left, right);
}

// ---- Ciphers

export const Cipheriv: any = callable(ciphers.Cipheriv);
export const Decipheriv: any = callable(ciphers.Decipheriv);
export const createCipheriv = (name: string, key: any, iv: any, options?: object): any => new ciphers.Cipheriv(name, key, iv, options);
export const createDecipheriv = (name: string, key: any, iv: any, options?: object): any => new ciphers.Decipheriv(name, key, iv, options);
export const getCiphers = (): string[] => ciphers.cipherNames.slice();
export const getCipherInfo = (name: string): object | undefined => ciphers.cipherInfo(name);

// ---- What is not there

export const getCurves = (): string[] => [];
export const getMacs = (): string[] => [];
export const getFips = (): number => 0;
export const setFips = (value: unknown): void => {
  if (value) notImplemented("crypto.setFips");
};
export const secureHeapUsed = (): object => ({ total: 0, used: 0, utilization: 0, min: 0 });
export const constants: Record<string, unknown> = Object.freeze({ ...cryptoConstants });
export const webcrypto = (globalThis as any).crypto;
/** Read late: the web's `crypto.subtle` says for itself when it is missing. */
export const lazyExports = {
  get subtle(): unknown {
    return webcrypto.subtle;
  },
};

export const {
  argon2, argon2Sync, checkPrime, checkPrimeSync, createDiffieHellman, createDiffieHellmanGroup, createECDH,
  createMac, createPrivateKey, createPublicKey, createSign, createVerify, diffieHellman, generatePrime, generatePrimeSync,
  getDiffieHellman, parsePKCS12, generateKeyPair, generateKeyPairSync, privateDecrypt,
  privateEncrypt, publicDecrypt, publicEncrypt, sign, setEngine, verify, encapsulate, decapsulate,
} = refusedFunctions(
  "crypto", "argon2", "argon2Sync", "checkPrime", "checkPrimeSync", "createDiffieHellman",
  "createDiffieHellmanGroup", "createECDH", "createMac", "createPrivateKey", "createPublicKey", "createSign", "createVerify",
  "diffieHellman", "generatePrime", "generatePrimeSync", "getDiffieHellman", "parsePKCS12", "generateKeyPair",
  "generateKeyPairSync", "privateDecrypt", "privateEncrypt", "publicDecrypt", "publicEncrypt", "sign", "setEngine", "verify", "encapsulate", "decapsulate",
);
export const { Certificate, DiffieHellman, DiffieHellmanGroup, ECDH, Sign, Verify, X509Certificate } = refusedClasses(
  "crypto", "Certificate", "DiffieHellman", "DiffieHellmanGroup", "ECDH", "Sign", "Verify", "X509Certificate",
);

const all = {
  argon2, argon2Sync, checkPrime, checkPrimeSync, createCipheriv, createDecipheriv, createDiffieHellman, createDiffieHellmanGroup, createECDH,
  createHash, createHmac, createMac, createPrivateKey, createPublicKey, createSecretKey, createSign, createVerify, diffieHellman,
  generatePrime, generatePrimeSync, getCiphers, getCipherInfo, getCurves, getDiffieHellman, getHashes, getMacs, hkdf, hkdfSync, parsePKCS12,
  pbkdf2, pbkdf2Sync, generateKeyPair, generateKeyPairSync, generateKey, generateKeySync, privateDecrypt, privateEncrypt, publicDecrypt,
  publicEncrypt, randomBytes, randomFill, randomFillSync, randomInt, randomUUID, randomUUIDv7, scrypt, scryptSync, sign, setEngine,
  timingSafeEqual, getFips, setFips, verify, hash, encapsulate, decapsulate, Certificate, Cipheriv, Decipheriv, DiffieHellman,
  DiffieHellmanGroup, ECDH, Hash, Hmac, KeyObject, Sign, Verify, X509Certificate, secureHeapUsed, constants, webcrypto, getRandomValues,
};
export default Object.defineProperties(all, { subtle: { get: () => webcrypto.subtle, enumerable: true, configurable: true } });
