import "./extend";
export { Registry } from "./registry";
