// The options by which a program chooses what TLS speaks: suites, curves, signatures. The library's own choice cannot be
// narrowed, so a list that allows all of it changes nothing, and any other is refused. Never passes one over.

import { NAMES } from "crust:net/ciphers";

// Words that stand for many suites, ours among them.
const ALL = /^(ALL|DEFAULT|HIGH|COMPLEMENTOFDEFAULT|ECDHE|EECDH|kEECDH|kECDHE|AESGCM|ECDHE\+AESGCM|EECDH\+AESGCM)$/;
// What may be taken away, since we do not have it.
const ABSENT = /^(aNULL|eNULL|NULL|EXPORT|EXP|LOW|MEDIUM|DES|3DES|RC4|RC2|MD5|PSK|SRP|CAMELLIA|SEED|IDEA|DSS|aDSS|DH|kDH|DHE|EDH|kDHE|kEDH|kRSA|RSA\+AES|CBC|SHA1|SHA|ADH|AECDH|ECDH|kECDH|aECDH|SSLv2|SSLv3|CAMELLIA128|CAMELLIA256|ARIA|DES-CBC3-SHA)$/;
const GROUPS = ["X25519", "P-256", "P-384"];
const GROUP_NAMES: Record<string, string> = { prime256v1: "P-256", secp256r1: "P-256", secp384r1: "P-384", x25519: "X25519" };

function coded(Class: ErrorConstructor, code: string, message: string): Error {
  return Object.assign(new Class(message), { code });
}

function notImplemented(name: string, left: string[]): Error {
  return coded(Error, "ERR_NOT_IMPLEMENTED", `The TLS option "${name}" cannot leave out ${left.join(", ")} in Crust yet`);
}

function checkCiphers(list: string): void {
  const words = list.split(/[:, ]+/).filter((word) => word !== "" && !word.startsWith("@"));
  const allowed = new Set<string>();
  for (const word of words) {
    const removes = /^[!-]/.test(word);
    const name = word.replace(/^[!+-]/, "");
    if (removes) {
      if (NAMES.includes(name)) allowed.delete(name);
      else if (!ABSENT.test(name)) throw notImplemented("ciphers", [name]);
    } else if (ALL.test(name)) {
      for (const known of NAMES) allowed.add(known);
    } else if (NAMES.includes(name)) {
      allowed.add(name);
    }
  }
  if (allowed.size === 0) throw coded(Error, "ERR_SSL_NO_CIPHER_MATCH", "No cipher match");
  // As in OpenSSL, a list without a suite of TLS 1.3 leaves those as they are.
  const concerns = [...allowed].some((name) => name.startsWith("TLS_")) ? NAMES : NAMES.filter((name) => !name.startsWith("TLS_"));
  const left = concerns.filter((name) => !allowed.has(name));
  if (left.length > 0) throw notImplemented("ciphers", left);
}

function checkGroups(list: string): void {
  if (list === "auto") return;
  const names = list.split(":").map((name) => GROUP_NAMES[name] ?? name);
  const left = GROUPS.filter((name) => !names.includes(name));
  if (left.length > 0) throw notImplemented("ecdhCurve", left);
}

function text(value: unknown, name: string): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "string") throw coded(TypeError, "ERR_INVALID_ARG_TYPE", `The "options.${name}" property must be of type string. Received ${typeof value}`);
  return value;
}

/** Refuses what would need another choice than the library's own. */
export function checkChoices(options: any): void {
  const ciphers = text(options.ciphers, "ciphers");
  if (ciphers !== undefined) checkCiphers(ciphers);
  const curve = text(options.ecdhCurve, "ecdhCurve");
  if (curve !== undefined) checkGroups(curve);
  if (text(options.sigalgs, "sigalgs") !== undefined) throw coded(Error, "ERR_NOT_IMPLEMENTED", 'The TLS option "sigalgs" is not implemented in Crust yet');
}
