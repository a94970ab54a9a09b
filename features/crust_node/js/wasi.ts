// `node:wasi`: the system interface of WebAssembly does not exist here yet and refuses.

import { refusedClasses } from "crust:node/internal/refuse";

export const { WASI } = refusedClasses("wasi", "WASI");

export default { WASI };
