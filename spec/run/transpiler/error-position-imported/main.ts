import { fail as explode } from "./lib.ts";
const of = (error: Error, file: string) => error.stack!.match(new RegExp(file + ":(\\d+):(\\d+)"))!.slice(1).join(":");
try { explode<string>("x"); } catch (error: any) { console.log(of(error, "lib.ts"), of(error, "main.ts")); }
