// `node:worker_threads` of the one thread there is: message channels work, starting a worker refuses.

import { codes, notImplemented } from "crust:node/internal/errors";

export const isMainThread = true;
export const isInternalThread = false;
export const threadId = 0;
export const threadName = "";
export const parentPort = null;
export const workerData = null;
export const resourceLimits = {};
export const SHARE_ENV = Symbol.for("nodejs.worker_threads.SHARE_ENV");

export const { MessageChannel, MessagePort, BroadcastChannel } = globalThis as any;

export class Worker {
  constructor(_filename: unknown, _options?: object) {
    notImplemented("worker_threads.Worker");
  }
}

const environmentData = new Map<unknown, unknown>();
export function setEnvironmentData(key: unknown, value: unknown): void {
  if (value === undefined) environmentData.delete(key);
  else environmentData.set(key, value);
}
export function getEnvironmentData(key: unknown): unknown {
  return environmentData.get(key);
}

const untransferable = new WeakSet<object>();
export function markAsUntransferable(object: unknown): void {
  if ((typeof object === "object" && object !== null) || typeof object === "function") untransferable.add(object as object);
}
export function isMarkedAsUntransferable(object: unknown): boolean {
  return ((typeof object === "object" && object !== null) || typeof object === "function") && untransferable.has(object as object);
}
/** Remembered for the day that objects travel to other threads; `structuredClone` does not ask (see the ledger). */
const uncloneable = new WeakSet<object>();
export function markAsUncloneable(object: unknown): void {
  if ((typeof object === "object" && object !== null) || typeof object === "function") uncloneable.add(object as object);
}

export function receiveMessageOnPort(port: any): never {
  if (typeof MessagePort !== "function" || !(port instanceof MessagePort)) throw new codes.ERR_INVALID_ARG_TYPE!("port", ["MessagePort", "BroadcastChannel"], port);
  return notImplemented("worker_threads.receiveMessageOnPort");
}
export const moveMessagePortToContext = (): never => notImplemented("worker_threads.moveMessagePortToContext");
export const postMessageToThread = async (): Promise<never> => notImplemented("worker_threads.postMessageToThread");
export const locks = {
  request: (): never => notImplemented("worker_threads.locks.request"),
  query: (): never => notImplemented("worker_threads.locks.query"),
};

export default {
  isInternalThread, isMainThread, MessagePort, MessageChannel, markAsUncloneable, markAsUntransferable, isMarkedAsUntransferable,
  moveMessagePortToContext, receiveMessageOnPort, resourceLimits, postMessageToThread, threadId, threadName, SHARE_ENV, Worker, parentPort,
  workerData, BroadcastChannel, setEnvironmentData, getEnvironmentData, locks,
};
