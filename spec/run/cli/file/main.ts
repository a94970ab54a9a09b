console.log(process.argv.slice(2).join(" "), process.argv.length, process.argv[1].endsWith("main.ts"));
