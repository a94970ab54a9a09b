// `node:inspector/promises`.

import inspector from "crust:node/inspector";

export const { open, close, url, waitForDebugger, console, Session, Network, NetworkResources, DOMStorage } = inspector;
export default inspector;
