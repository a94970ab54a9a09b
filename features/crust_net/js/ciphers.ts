// Names of cipher suites as OpenSSL and IANA write them. Never negotiates one.

/** IANA's name of TLS 1.2's suites → OpenSSL's. TLS 1.3's are written the same by both. */
const OPENSSL: Record<string, string> = {
  TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384: "ECDHE-ECDSA-AES256-GCM-SHA384",
  TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256: "ECDHE-ECDSA-AES128-GCM-SHA256",
  TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256: "ECDHE-ECDSA-CHACHA20-POLY1305",
  TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384: "ECDHE-RSA-AES256-GCM-SHA384",
  TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256: "ECDHE-RSA-AES128-GCM-SHA256",
  TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256: "ECDHE-RSA-CHACHA20-POLY1305",
};

/** The suites that this program can speak, by OpenSSL's names. */
export const NAMES: readonly string[] = ["TLS_AES_256_GCM_SHA384", "TLS_AES_128_GCM_SHA256", "TLS_CHACHA20_POLY1305_SHA256", ...Object.values(OPENSSL)];

/** The object of `getCipher`. The library writes `TLS13_AES_128_GCM_SHA256` where IANA writes `TLS_AES_…`. */
export function describeCipher(info: { cipher: string; version: string }): { name: string; standardName: string; version: string } {
  const standardName = info.cipher.replace(/^TLS13_/, "TLS_");
  return { name: OPENSSL[standardName] ?? standardName, standardName, version: info.version };
}
