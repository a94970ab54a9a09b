// What node:timers exports: the global timers and their promise forms.

import * as promises from "crust:web/timers_promises";
import { clearImmediate, clearInterval, clearTimeout, setImmediate, setInterval, setTimeout } from "crust:web/timers";

export { clearImmediate, clearInterval, clearTimeout, promises, setImmediate, setInterval, setTimeout };
export default { clearImmediate, clearInterval, clearTimeout, promises, setImmediate, setInterval, setTimeout };
