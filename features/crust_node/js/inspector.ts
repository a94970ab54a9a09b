// `node:inspector`: no inspector is open, and sessions refuse.

import { refusedClasses, refusedFunctions } from "crust:node/internal/refuse";

export const url = (): undefined => undefined;
export const close = (): void => {};
export const { open, waitForDebugger } = refusedFunctions("inspector", "open", "waitForDebugger");
export const { Session, NetworkResources } = refusedClasses("inspector", "Session", "NetworkResources");
export const console = globalThis.console;
const networkEvents = ["requestWillBeSent", "responseReceived", "loadingFinished", "loadingFailed", "dataReceived", "dataSent"] as const;
export const Network = refusedFunctions("inspector.Network", ...networkEvents);
export const DOMStorage = refusedFunctions("inspector.DOMStorage", "domStorageItemAdded", "domStorageItemRemoved", "domStorageItemUpdated", "domStorageItemsCleared");

export default { open, close, url, waitForDebugger, console, Session, Network, NetworkResources, DOMStorage };
