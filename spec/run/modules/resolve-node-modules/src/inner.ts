export { default as sub } from "with-exports/sub";
export { default as feature } from "with-exports/features/one.js";
