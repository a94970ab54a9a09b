// Certificates of peers as Node shows them, and whether one is for a host. Never decides whom to trust.

import * as native from "crust:ops/net";
import { isIP } from "crust:net/ip";

function nameObject(flat: string[]): any {
  const object = Object.create(null);
  for (let index = 0; index < flat.length; index += 2) {
    const [name, value] = [flat[index]!, flat[index + 1]!];
    if (name in object) object[name] = [].concat(object[name], value as never);
    else object[name] = value;
  }
  return object;
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

// As OpenSSL prints times: `Nov  8 09:05:00 2026 GMT`.
function timeText(seconds: number): string {
  const date = new Date(seconds * 1000);
  const two = (number: number): string => String(number).padStart(2, "0");
  const time = `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`;
  return `${MONTHS[date.getUTCMonth()]} ${String(date.getUTCDate()).padStart(2)} ${time} ${date.getUTCFullYear()} GMT`;
}

function fingerprint(algorithm: string, der: Uint8Array): string {
  const hex: string = require("node:crypto").createHash(algorithm).update(der).digest("hex");
  return hex.toUpperCase().match(/../g)!.join(":");
}

/** The object of `getPeerCertificate`, without what is about the key itself. */
export function describeCertificate(der: Uint8Array): any {
  const parsed = native.tlsParseCertificate(der);
  const described: any = {
    subject: nameObject(parsed.subject),
    issuer: nameObject(parsed.issuer),
    ca: parsed.isAuthority,
    valid_from: timeText(parsed.notBefore),
    valid_to: timeText(parsed.notAfter),
    serialNumber: parsed.serialNumber,
    fingerprint: fingerprint("sha1", der),
    fingerprint256: fingerprint("sha256", der),
    fingerprint512: fingerprint("sha512", der),
    raw: require("crust:net/handles").toBuffer(der),
  };
  if (parsed.alternativeNames !== "") described.subjectaltname = parsed.alternativeNames;
  if (parsed.keyUsage.length > 0) described.ext_key_usage = parsed.keyUsage;
  return described;
}

/** Only what `checkServerIdentity` looks at. */
export function peerNames(id: number): any {
  const der: Uint8Array | undefined = native.tlsPeerCertificates(id)[0];
  if (der === undefined) return {};
  const parsed = native.tlsParseCertificate(der);
  return { subject: nameObject(parsed.subject), ...(parsed.alternativeNames === "" ? {} : { subjectaltname: parsed.alternativeNames }) };
}

/** The peer's certificate, with those above it as `issuerCertificate` when `detailed`; `{}` without one. */
export function peerCertificate(id: number, detailed = false): any {
  const chain: Uint8Array[] = native.tlsPeerCertificates(id);
  if (chain.length === 0) return {};
  const described = chain.slice(0, detailed ? undefined : 1).map(describeCertificate);
  if (detailed) {
    for (let index = 0; index < described.length; index++) {
      const next = described[index + 1] ?? described[index];
      if (described[index + 1] !== undefined || native.tlsParseCertificate(chain[index]!).isSelfIssued) described[index].issuerCertificate = next;
    }
  }
  return described[0];
}

function unquote(text: string): string {
  try {
    return JSON.parse(text);
  } catch {
    throw Object.assign(new SyntaxError("Invalid subject alternative name string"), { code: "ERR_TLS_CERT_ALTNAME_FORMAT" });
  }
}

// `DNS:a, DNS:"b\u002c"`: a quoted name is a JSON string.
function splitNames(text: string): [string, string][] {
  const names: [string, string][] = [];
  for (const match of text.matchAll(/([A-Za-z ]+):("(?:[^"\\]|\\.)*"|[^,]*)(?:, |$)/g)) {
    const value = match[2]!;
    names.push([match[1]!, value.startsWith('"') ? unquote(value) : value]);
  }
  return names;
}

const bare = (name: string): string => (name.endsWith(".") ? name.slice(0, -1) : name).toLowerCase();

// RFC 6125 §6.4: a wildcard stands for one whole leftmost label, or a part of it that is no IDN label.
function matches(pattern: string, host: string): boolean {
  const [wanted, labels] = [bare(host).split("."), bare(pattern).split(".")];
  if (wanted.length !== labels.length || labels.includes("")) return false;
  for (let index = labels.length - 1; index > 0; index--) if (labels[index] !== wanted[index]) return false;
  const first = labels[0]!;
  if (!first.includes("*")) return first === wanted[0];
  const parts = first.split("*");
  if (parts.length > 2 || first.startsWith("xn--") || labels.length <= 2) return false;
  const [prefix, suffix] = parts as [string, string];
  return prefix.length + suffix.length <= wanted[0]!.length && wanted[0]!.startsWith(prefix) && wanted[0]!.endsWith(suffix);
}

function canonicalIp(address: string): string {
  return isIP(address) === 6 ? new URL(`http://[${address.split("%")[0]}]/`).hostname : address;
}

/** Node's `tls.checkServerIdentity`: undefined, or why the certificate is not for the host. */
export function checkServerIdentity(hostname: unknown, cert: any): Error | undefined {
  const host = bare(`${hostname}`);
  const names = splitNames(cert.subjectaltname ?? "");
  const dns = names.filter(([kind]) => kind === "DNS").map(([, value]) => value);
  const addresses = names.filter(([kind]) => kind === "IP Address").map(([, value]) => value);
  let reason: string;
  if (isIP(host)) {
    if (addresses.map(canonicalIp).includes(canonicalIp(host))) return undefined;
    reason = `IP: ${host} is not in the cert's list: ${addresses.join(", ")}`;
  } else if (dns.length > 0 || cert.subject?.CN === undefined) {
    if (dns.some((name) => matches(name, host))) return undefined;
    reason = dns.length > 0 ? `Host: ${host}. is not in the cert's altnames: ${cert.subjectaltname}` : "Cert does not contain a DNS name";
  } else {
    const common = [].concat(cert.subject.CN) as string[];
    if (common.some((name) => matches(name, host))) return undefined;
    reason = `Host: ${host}. is not cert's CN: ${cert.subject.CN}`;
  }
  return Object.assign(new Error(`Hostname/IP does not match certificate's altnames: ${reason}`), { code: "ERR_TLS_CERT_ALTNAME_INVALID", reason, host: `${hostname}`, cert });
}
