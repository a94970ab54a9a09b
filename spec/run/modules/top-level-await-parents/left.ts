import { log } from "./log.ts";
import "./leaf.ts";
log("left before");
await 0;
log("left after");
