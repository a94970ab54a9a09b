// Codes of name servers and the errors of `node:dns`.

const NAMES = [
  "NODATA", "FORMERR", "SERVFAIL", "NOTFOUND", "NOTIMP", "REFUSED", "BADQUERY", "BADNAME", "BADFAMILY", "BADRESP", "CONNREFUSED", "TIMEOUT", "EOF",
  "FILE", "NOMEM", "DESTRUCTION", "BADSTR", "BADFLAGS", "NONAME", "BADHINTS", "NOTINITIALIZED", "LOADIPHLPAPI", "ADDRGETNETWORKPARAMS", "CANCELLED",
] as const;

/** `{NODATA: "ENODATA", …}`. */
export const failures = Object.fromEntries(NAMES.map((name) => [name, `E${name}`])) as Record<(typeof NAMES)[number], string>;

/** `queryMx ENOTFOUND example.org`; the root has no name. */
export function queryError(code: string, syscall: string, hostname: string): Error {
  const error: any = new Error(hostname === "" ? `${syscall} ${code}` : `${syscall} ${code} ${hostname}`);
  Object.assign(error, { errno: undefined, code, syscall });
  if (hostname !== "") error.hostname = hostname;
  return error;
}
