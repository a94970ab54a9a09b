// `node:readline/promises`.

import { promises } from "crust:node/readline";

export const { Interface, Readline, createInterface } = promises;
export default promises;
