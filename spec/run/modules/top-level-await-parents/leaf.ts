import { log } from "./log.ts";
log("leaf before");
await 0;
log("leaf after");
