console.log("a file runs beside a broken package.json");
