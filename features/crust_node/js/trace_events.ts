// `node:trace_events`: no category is ever enabled; making a tracing refuses.

import { refusedFunctions } from "crust:node/internal/refuse";

export const { createTracing } = refusedFunctions("trace_events", "createTracing");
export const getEnabledCategories = (): undefined => undefined;

export default { createTracing, getEnabledCategories };
