console.log(process.env.npm_lifecycle_event, process.argv.slice(2).join());
