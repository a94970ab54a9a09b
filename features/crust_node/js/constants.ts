// `node:constants`: the deprecated union of other modules' constants.

import { cryptoConstants, fsConstants } from "crust:node/internal/legacy_constants";
import { dlopen, errno, priority, signals } from "crust:node/internal/os_constants";

const all: Record<string, unknown> = Object.freeze({ ...dlopen, ...errno, ...priority, ...signals, ...fsConstants, ...cryptoConstants });

/** Every constant is a named export as well. */
export const lazyExports = all;
export default all;
