// Errors of system calls as Node words them. Never decides when one is raised.

import { systemErrorMap } from "crust:node/internal/system_errors";

/** The code of a negative error number: `ECONNRESET`. */
export function codeOf(errno: number): string {
  return systemErrorMap().get(errno)?.[0] ?? "UNKNOWN";
}

/** `connect ECONNREFUSED 127.0.0.1:80`, with the fields that Node sets. */
export function hostPortError(errno: number, syscall: string, address?: string, port?: number, additional?: string): any {
  const code = codeOf(errno);
  let details = "";
  if (port !== undefined && port > 0) details = ` ${address}:${port}`;
  else if (address) details = ` ${address}`;
  if (additional) details += ` - Local (${additional})`;
  const error: any = new Error(`${syscall} ${code}${details}`);
  error.errno = errno;
  error.code = code;
  error.syscall = syscall;
  if (address !== undefined) error.address = address;
  if (port !== undefined && port > 0) error.port = port;
  return error;
}

/** `listen EADDRINUSE: address already in use 127.0.0.1:80`. */
export function listenError(errno: number, syscall: string, address?: string, port?: number): any {
  const [code, text] = systemErrorMap().get(errno) ?? ["UNKNOWN", "unknown error"];
  let details = "";
  if (port !== undefined && port > 0) details = ` ${address}:${port}`;
  else if (address) details = ` ${address}`;
  const error: any = new Error(`${syscall} ${code}: ${text}${details}`);
  error.code = code;
  error.errno = errno;
  error.syscall = syscall;
  if (address !== undefined) error.address = address;
  if (port !== undefined) error.port = port;
  return error;
}

/** `read ECONNRESET`. */
export function callError(errno: number, syscall: string): any {
  const code = codeOf(errno);
  return Object.assign(new Error(`${syscall} ${code}`), { errno, code, syscall });
}

/** `getaddrinfo ENOTFOUND name`. */
export function lookupError(error: any, hostname: string): any {
  const code = error?.code ?? "ENOTFOUND";
  return Object.assign(new Error(`getaddrinfo ${code} ${hostname}`), { errno: error?.errno ?? -3008, code, syscall: "getaddrinfo", hostname });
}
