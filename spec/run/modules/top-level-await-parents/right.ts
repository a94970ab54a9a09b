import { log } from "./log.ts";
import "./leaf.ts";
log("right");
