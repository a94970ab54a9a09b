// `node:process`: the process object as a module. What loads something is exported as a live binding
// that reads the object, so that importing the module loads no streams. Has nothing of its own.

import * as views from "crust:ops/process";
import {
  exported_addListener, exported_allowedNodeEnvironmentFlags, exported_availableMemory, exported_config, exported_constrainedMemory, exported_cpuUsage,
  exported_emit, exported_eventNames, exported_execve, exported_exitCode, exported_features, exported_finalization, exported_getegid, exported_geteuid,
  exported_getgid, exported_getgroups, exported_getuid, exported_listenerCount, exported_listeners, exported_loadEnvFile, exported_memoryUsage, exported_off,
  exported_on, exported_once, exported_ppid, exported_prependListener, exported_removeAllListeners, exported_removeListener, exported_resourceUsage,
  exported_setegid, exported_seteuid, exported_setgid, exported_setgroups, exported_setuid, exported_stderr, exported_stdin, exported_stdout,
  exported_threadCpuUsage, exported_title, exported_umask,
} from "crust:ops/process";
import { process } from "crust:process/process";

const values = [
  "allowedNodeEnvironmentFlags", "availableMemory", "config", "constrainedMemory", "cpuUsage", "execve", "exitCode", "features", "finalization", "getegid",
  "geteuid", "getgid", "getgroups", "getuid", "loadEnvFile", "memoryUsage", "ppid", "resourceUsage", "setegid", "seteuid", "setgid", "setgroups", "setuid",
  "stderr", "stdin", "stdout", "threadCpuUsage", "title", "umask",
];
const methods = [
  "addListener", "emit", "eventNames", "listenerCount", "listeners", "off", "on", "once", "prependListener", "removeAllListeners", "removeListener",
];
// The table of natives is an object whose properties an importer reads anew each time.
for (const name of values) Object.defineProperty(views, `exported_${name}`, { get: () => process[name], configurable: true });
for (const name of methods) {
  let bound: unknown;
  Object.defineProperty(views, `exported_${name}`, { get: () => (bound ??= process[name].bind(process)), configurable: true });
}

export default process;
export const {
  version, versions, arch, platform, release, argv, execArgv, env, pid, execPath, argv0, nextTick, exit, abort, cwd, chdir, hrtime, uptime, kill,
  emitWarning, getBuiltinModule, reallyExit, binding, dlopen, ref, unref, setUncaughtExceptionCaptureCallback, hasUncaughtExceptionCaptureCallback,
  setSourceMapsEnabled, debugPort,
} = process;
export {
  exported_addListener as addListener, exported_allowedNodeEnvironmentFlags as allowedNodeEnvironmentFlags, exported_availableMemory as availableMemory,
  exported_config as config, exported_constrainedMemory as constrainedMemory, exported_cpuUsage as cpuUsage, exported_emit as emit,
  exported_eventNames as eventNames, exported_execve as execve, exported_exitCode as exitCode, exported_features as features,
  exported_finalization as finalization, exported_getegid as getegid, exported_geteuid as geteuid, exported_getgid as getgid,
  exported_getgroups as getgroups, exported_getuid as getuid, exported_listenerCount as listenerCount, exported_listeners as listeners,
  exported_loadEnvFile as loadEnvFile, exported_memoryUsage as memoryUsage, exported_off as off, exported_on as on, exported_once as once,
  exported_ppid as ppid, exported_prependListener as prependListener, exported_removeAllListeners as removeAllListeners,
  exported_removeListener as removeListener, exported_resourceUsage as resourceUsage, exported_setegid as setegid, exported_seteuid as seteuid,
  exported_setgid as setgid, exported_setgroups as setgroups, exported_setuid as setuid, exported_stderr as stderr, exported_stdin as stdin,
  exported_stdout as stdout, exported_threadCpuUsage as threadCpuUsage, exported_title as title, exported_umask as umask,
};
