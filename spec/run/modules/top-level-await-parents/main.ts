import { log } from "./log.ts";
import "./left.ts";
import "./right.ts";
log("main");
