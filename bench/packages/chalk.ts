// Colours: the levels and what is detected without a terminal.
import chalk, { Chalk, supportsColor } from "chalk";

const always = new Chalk({ level: 3 });
console.log(JSON.stringify([always.red.bold("red"), always.hex("#ff8800").underline("orange"), always.bgBlue(`nested ${always.green("green")} blue`)]));
console.log(chalk.level, supportsColor, chalk.red("plain"));
