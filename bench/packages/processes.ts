// Children, globs, decorators' metadata and effects.
import { execa } from "execa";
import spawn from "cross-spawn";
import { Effect } from "effect";
import fastGlob from "fast-glob";
import { glob } from "glob";
import "reflect-metadata";
import winston from "winston";

const { stdout, exitCode } = await execa("echo", ["hi"]);
console.log(stdout, exitCode);
await execa("sh", ["-c", "exit 3"]).catch((error) => console.log(error.exitCode, error.shortMessage));
await new Promise((resolve) => spawn("echo", ["spawned"], { stdio: "inherit" }).on("close", resolve));
const cwd = new URL(".", import.meta.url).pathname;
console.log((await glob("*.json", { cwd })).sort(), (await fastGlob("*.json", { cwd })).sort());
const logger = winston.createLogger({ level: "info", format: winston.format.simple(), transports: [new winston.transports.Console()] });
logger.info("hello", { a: 1 });
class Service {}
Reflect.defineMetadata("key", [1], Service);
console.log(Reflect.getMetadata("key", Service));
console.log(await Effect.runPromise(Effect.gen(function* () { return (yield* Effect.succeed(1)) + 1; })));
