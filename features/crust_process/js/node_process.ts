// `node:process`: the process object as a module, with its properties as named exports
// as they are when the module is loaded. Has nothing of its own.

import { process } from "crust:process/process";

export default process;
export const {
  version, versions, arch, platform, release, argv, execArgv, env, pid, execPath, argv0, nextTick, exit, abort, cwd, chdir, hrtime, uptime, kill,
  emitWarning, getBuiltinModule, ppid,
} = process;
export const {
  stdin, stdout, stderr, memoryUsage, resourceUsage, cpuUsage, threadCpuUsage, constrainedMemory, availableMemory, umask, getuid, geteuid, getgid,
  getegid, getgroups, setuid, seteuid, setgid, setegid, setgroups, features, config, allowedNodeEnvironmentFlags, loadEnvFile, reallyExit, binding,
  dlopen, ref, unref, setUncaughtExceptionCaptureCallback, hasUncaughtExceptionCaptureCallback, setSourceMapsEnabled, title, debugPort, execve,
  finalization,
} = process;

function bound(name: string): (...args: unknown[]) => unknown {
  return process[name].bind(process);
}
export const on = bound("on");
export const once = bound("once");
export const off = bound("off");
export const addListener = bound("addListener");
export const removeListener = bound("removeListener");
export const removeAllListeners = bound("removeAllListeners");
export const emit = bound("emit");
export const listeners = bound("listeners");
export const listenerCount = bound("listenerCount");
export const eventNames = bound("eventNames");
export const prependListener = bound("prependListener");
