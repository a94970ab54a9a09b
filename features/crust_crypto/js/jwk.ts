// JSON Web Keys (RFC 7517): the dictionary of Web IDL, base64url, and the checks that every algorithm makes.

import { dataError } from "crust:crypto/errors";
import { isSubset } from "crust:crypto/crypto_key";
import type { CryptoKey, KeyUsage } from "crust:crypto/crypto_key";
import { codedTypeError, isBufferSource, isObject } from "crust:web/webidl";

export interface JsonWebKey {
  alg?: string;
  crv?: string;
  d?: string;
  dp?: string;
  dq?: string;
  e?: string;
  ext?: boolean;
  k?: string;
  key_ops?: string[];
  kty?: string;
  n?: string;
  oth?: object[];
  p?: string;
  q?: string;
  qi?: string;
  use?: string;
  x?: string;
  y?: string;
}

interface Base64Bytes extends Uint8Array {
  toBase64(options: { alphabet: "base64url"; omitPadding: true }): string;
}
interface Base64Constructor {
  fromBase64(text: string, options: { alphabet: "base64url" }): Uint8Array<ArrayBuffer>;
}

// The order in which Web IDL reads them.
const MEMBERS = ["alg", "crv", "d", "dp", "dq", "e", "ext", "k", "key_ops", "kty", "n", "oth", "p", "q", "qi", "use", "x", "y"] as const;

/** Web IDL: a JsonWebKey dictionary. */
export function readJwk(value: unknown): JsonWebKey {
  if (!isObject(value) || isBufferSource(value)) {
    throw codedTypeError("ERR_INVALID_ARG_TYPE", 'The "keyData" argument must be a JSON Web Key');
  }
  const jwk: Record<string, unknown> = {};
  for (const name of MEMBERS) {
    const member = (value as Record<string, unknown>)[name];
    if (member !== undefined) {
      jwk[name] = readMember(name, member);
    }
  }
  return jwk;
}

function readMember(name: string, value: unknown): unknown {
  if (name === "ext") {
    return Boolean(value);
  }
  if (name !== "key_ops" && name !== "oth") {
    return `${value as string}`;
  }
  if (!isObject(value) || typeof (value as Iterable<unknown>)[Symbol.iterator] !== "function") {
    throw codedTypeError("ERR_INVALID_ARG_TYPE", `The member "${name}" of a JSON Web Key must be a sequence`);
  }
  const list = [...(value as Iterable<unknown>)];
  return name === "key_ops" ? list.map((item) => `${item as string}`) : list;
}

/** Checks that hold for every kind of key. `use` is what the algorithm's keys are for. */
export function checkJwk(jwk: JsonWebKey, kty: string, use: "sig" | "enc", extractable: boolean, usages: readonly KeyUsage[]): void {
  if (jwk.kty !== kty) {
    throw dataError(`The member "kty" of the JSON Web Key must be "${kty}"`);
  }
  if (usages.length > 0 && jwk.use !== undefined && jwk.use !== use) {
    throw dataError(`The member "use" of the JSON Web Key must be "${use}"`);
  }
  if (jwk.key_ops !== undefined && (new Set(jwk.key_ops).size !== jwk.key_ops.length || !isSubset(usages, jwk.key_ops))) {
    throw dataError('The member "key_ops" of the JSON Web Key does not allow the usages');
  }
  if (jwk.ext === false && extractable) {
    throw dataError("The JSON Web Key is not extractable");
  }
}

/** The bytes of a member, which must be there. */
export function jwkBytes(jwk: JsonWebKey, name: "d" | "dp" | "dq" | "e" | "k" | "n" | "p" | "q" | "qi" | "x" | "y"): Uint8Array<ArrayBuffer> {
  const text = jwk[name];
  if (text === undefined || !/^[\w-]*$/.test(text)) {
    throw dataError(`The member "${name}" of the JSON Web Key must be base64url`);
  }
  try {
    return (Uint8Array as unknown as Base64Constructor).fromBase64(text, { alphabet: "base64url" });
  } catch {
    throw dataError(`The member "${name}" of the JSON Web Key must be base64url`);
  }
}

export function base64url(bytes: Uint8Array): string {
  return (bytes as Base64Bytes).toBase64({ alphabet: "base64url", omitPadding: true });
}

/** The members that every exported key has. */
export function exportedJwk(key: CryptoKey, usages: readonly KeyUsage[], members: JsonWebKey): JsonWebKey {
  const jwk: JsonWebKey = { ...members, key_ops: [...usages], ext: key.extractable };
  for (const name of Object.keys(jwk) as (keyof JsonWebKey)[]) {
    if (jwk[name] === undefined) {
      delete jwk[name];
    }
  }
  return jwk;
}
