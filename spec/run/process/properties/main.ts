import process2, { argv, env, nextTick, stdout, cwd, exit } from "node:process";
import * as ns from "process";
console.log(process2 === process, argv === process.argv, env === process.env, typeof nextTick, stdout === process.stdout, cwd() === process.cwd(), ns.default === process, typeof exit);
console.log(require("process") === process, require("node:process") === process);
console.log(process instanceof require("events").EventEmitter, Object.prototype.toString.call(process), process.toString());
console.log(Object.getOwnPropertyDescriptor(process.env, "PATH")!.enumerable, Object.keys(process.env).includes("PATH"), "PATH" in process.env);
process.env.A = undefined as any; console.log(process.env.A, typeof process.env.A); delete process.env.A; console.log(process.env.A);
try { (process.env as any).x = Symbol("a"); } catch (e: any) { console.log(e.name); }
console.log({ ...process.env }.PATH === process.env.PATH, JSON.stringify(process.env).length > 10);
console.log(process.allowedNodeEnvironmentFlags.has("--no-warnings"), process.getuid!() === process.geteuid!(), Array.isArray(process.getgroups!()));
try { process.chdir("/nothing"); } catch (e: any) { console.log(e.code, e.syscall, e.dest); }
try { (process as any).chdir(1); } catch (e: any) { console.log(e.code); }
try { (process as any).kill("a"); } catch (e: any) { console.log(e.code); }
try { (process as any).exit("a"); } catch (e: any) { console.log(e.code); }
try { (process as any).setuid("no-such-user"); } catch (e: any) { console.log(e.code); }
try { (process as any).cpuUsage({ user: "a" }); } catch (e: any) { console.log(e.code); }
console.log(process.umask(0o22).toString(8).length > 0, process.umask().toString(8));
console.log(typeof process.getBuiltinModule("fs").readFileSync, process.getBuiltinModule("nothing"));
