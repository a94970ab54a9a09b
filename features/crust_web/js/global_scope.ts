// The global object as a scope: its own names and its event target. Errors nobody caught are the process's affair and
// are not dispatched here.

import { EventTarget } from "crust:web/events";

const target = new EventTarget();

export const self = globalThis;
export const global = globalThis;
export const addEventListener = target.addEventListener.bind(target);
export const removeEventListener = target.removeEventListener.bind(target);
export const dispatchEvent = target.dispatchEvent.bind(target);
