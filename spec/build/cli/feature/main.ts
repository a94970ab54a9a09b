import { feature } from "bun:bundle";
import { slow } from "./slow";
import { fast } from "./fast";
export const path = feature("FAST") ? fast() : slow();
