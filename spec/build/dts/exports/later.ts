import type { Option } from "./lib";

export interface Later { option: Option; unused(): void }
export interface NotNeeded {}
