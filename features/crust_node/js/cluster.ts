// `node:cluster` of a process that has no workers: always the primary. Forking refuses.

import EventEmitter from "node:events";
import { refusedClasses, refusedFunctions } from "crust:node/internal/refuse";

export const isMaster = true;
export const isPrimary = true;
export const isWorker = false;
export const workers: Record<string, unknown> = {};
export const settings: Record<string, unknown> = {};
export const SCHED_NONE = 1;
export const SCHED_RR = 2;
export const schedulingPolicy = 2;
export const { disconnect, fork, setupMaster, setupPrimary } = refusedFunctions("cluster", "disconnect", "fork", "setupMaster", "setupPrimary");
export const { Worker } = refusedClasses("cluster", "Worker");

export default Object.assign(new (EventEmitter as any)(), {
  isWorker, isMaster, isPrimary, Worker, workers, settings, SCHED_NONE, SCHED_RR, schedulingPolicy, setupPrimary, setupMaster, fork, disconnect,
});
