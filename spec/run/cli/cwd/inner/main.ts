console.log(process.cwd() === import.meta.dir);
