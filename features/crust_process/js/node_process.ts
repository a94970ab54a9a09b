// `node:process`: the process object as a module. What loads something is exported as an accessor that
// reads the object, so that importing the module loads no streams. Has nothing of its own.

import { process } from "crust:process/process";

export default process;
export const {
  version, versions, arch, platform, release, argv, execArgv, env, pid, execPath, argv0, nextTick, exit, abort, cwd, chdir, hrtime, uptime, kill,
  emitWarning, getBuiltinModule, reallyExit, binding, dlopen, ref, unref, setUncaughtExceptionCaptureCallback, hasUncaughtExceptionCaptureCallback,
  setSourceMapsEnabled, debugPort,
} = process;

/** Named exports that are read from the object each time. */
export const lazyExports = {};
for (const name of [
  "allowedNodeEnvironmentFlags", "availableMemory", "config", "constrainedMemory", "cpuUsage", "execve", "exitCode", "features", "finalization", "getegid",
  "geteuid", "getgid", "getgroups", "getuid", "loadEnvFile", "memoryUsage", "ppid", "resourceUsage", "setegid", "seteuid", "setgid", "setgroups", "setuid",
  "stderr", "stdin", "stdout", "threadCpuUsage", "title", "umask",
]) {
  Object.defineProperty(lazyExports, name, { get: () => process[name], enumerable: true });
}
for (const name of [
  "addListener", "emit", "eventNames", "listenerCount", "listeners", "off", "on", "once", "prependListener", "prependOnceListener", "rawListeners",
  "removeAllListeners", "removeListener",
]) {
  let bound: unknown;
  Object.defineProperty(lazyExports, name, { get: () => (bound ??= process[name].bind(process)), enumerable: true });
}
