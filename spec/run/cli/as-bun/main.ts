console.log(typeof Bun, process.argv.length);
