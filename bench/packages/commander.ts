// A command line: options, sub-commands, help.
import { Command } from "commander";

const program = new Command("tool").description("a tool").version("1.0.0");
program.option("-p, --port <number>", "port", "80").option("--no-color", "no colour");
program.command("build <dir>").description("build it").option("--minify").action((dir, options) => {
  console.log("build", dir, options, program.opts());
});
program.exitOverride();
program.parse(["node", "tool", "--port", "90", "build", "src", "--minify"]);
console.log(program.helpInformation());
try {
  program.parse(["node", "tool", "--nothing"]);
} catch (error: any) {
  console.log(error.code, error.exitCode);
}
