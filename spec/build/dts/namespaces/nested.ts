export * as again from "./nested";
export * from "./types";
