console.log(typeof require, module === require.main, process.argv.slice(2).join());
