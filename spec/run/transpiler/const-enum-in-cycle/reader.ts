import { E, Plain } from "./main";
import * as ns from "./main";
export function show(when: string) { console.log(when, E.A, ns.E.B, E.Name, Plain.A); }
console.log("early", E.A, ns.E.B, E["Name"]);
try { console.log(Plain.A); } catch (error) { console.log((error as Error).name); }
