// `node:v8`: the few answers another engine can give truly. Heap snapshots, flags and coverage are V8's own.

import { codes, notImplemented } from "crust:node/internal/errors";

/** Sizes in bytes, as the engine counts them after its last collection. */
export function getHeapStatistics(): Record<string, number> {
  const { heapTotal, heapUsed, external, rss } = process.memoryUsage();
  return {
    total_heap_size: heapTotal,
    total_heap_size_executable: 0,
    total_physical_size: rss,
    total_available_size: require("node:os").freemem(),
    used_heap_size: heapUsed,
    heap_size_limit: require("node:os").totalmem(),
    malloced_memory: external,
    peak_malloced_memory: external,
    does_zap_garbage: 0,
    number_of_native_contexts: 1,
    number_of_detached_contexts: 0,
    total_global_handles_size: 0,
    used_global_handles_size: 0,
    external_memory: external,
  };
}

export const serialize = (_value: unknown): never => notImplemented("v8.serialize");
export const deserialize = (_bytes: unknown): never => notImplemented("v8.deserialize");

function refused(name: string): any {
  return {
    [name]: class {
      constructor() {
        notImplemented(`v8.${name}`);
      }
    },
  }[name];
}
export const Serializer = refused("Serializer");
export const Deserializer = refused("Deserializer");
export const DefaultSerializer = refused("DefaultSerializer");
export const DefaultDeserializer = refused("DefaultDeserializer");
export const GCProfiler = refused("GCProfiler");

export const cachedDataVersionTag = (): never => notImplemented("v8.cachedDataVersionTag");
export const getHeapSnapshot = (): never => notImplemented("v8.getHeapSnapshot");
export const getHeapSpaceStatistics = (): never => notImplemented("v8.getHeapSpaceStatistics");
export const getHeapCodeStatistics = (): never => notImplemented("v8.getHeapCodeStatistics");
export const getCppHeapStatistics = (): never => notImplemented("v8.getCppHeapStatistics");
export const setFlagsFromString = (flags: string): never => {
  if (typeof flags !== "string") throw new codes.ERR_INVALID_ARG_TYPE!("flags", "string", flags);
  return notImplemented("v8.setFlagsFromString");
};
export const takeCoverage = (): never => notImplemented("v8.takeCoverage");
export const stopCoverage = (): never => notImplemented("v8.stopCoverage");
export const writeHeapSnapshot = (): never => notImplemented("v8.writeHeapSnapshot");
export const queryObjects = (): never => notImplemented("v8.queryObjects");
export const setHeapSnapshotNearHeapLimit = (): never => notImplemented("v8.setHeapSnapshotNearHeapLimit");
export const setHeapProfileNearHeapLimit = (): never => notImplemented("v8.setHeapProfileNearHeapLimit");
export const startCpuProfile = (): never => notImplemented("v8.startCpuProfile");
export const startHeapProfile = (): never => notImplemented("v8.startHeapProfile");

/** Whether every character fits one byte. */
export function isStringOneByteRepresentation(text: string): boolean {
  if (typeof text !== "string") throw new codes.ERR_INVALID_ARG_TYPE!("content", "string", text);
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0xff) return false;
  return true;
}

export const promiseHooks = Object.freeze({
  createHook: (): never => notImplemented("v8.promiseHooks.createHook"),
  onInit: (): never => notImplemented("v8.promiseHooks.onInit"),
  onBefore: (): never => notImplemented("v8.promiseHooks.onBefore"),
  onAfter: (): never => notImplemented("v8.promiseHooks.onAfter"),
  onSettled: (): never => notImplemented("v8.promiseHooks.onSettled"),
});
export const startupSnapshot = Object.freeze({
  isBuildingSnapshot: (): boolean => false,
  addSerializeCallback: (): never => notImplemented("v8.startupSnapshot.addSerializeCallback"),
  addDeserializeCallback: (): never => notImplemented("v8.startupSnapshot.addDeserializeCallback"),
  setDeserializeMainFunction: (): never => notImplemented("v8.startupSnapshot.setDeserializeMainFunction"),
});

export default {
  cachedDataVersionTag, getHeapSnapshot, getHeapStatistics, getHeapSpaceStatistics, getHeapCodeStatistics, getCppHeapStatistics,
  setFlagsFromString, Serializer, Deserializer, DefaultSerializer, DefaultDeserializer, deserialize, takeCoverage, stopCoverage, serialize,
  writeHeapSnapshot, promiseHooks, queryObjects, startupSnapshot, setHeapSnapshotNearHeapLimit, setHeapProfileNearHeapLimit, GCProfiler,
  isStringOneByteRepresentation, startCpuProfile, startHeapProfile,
};
