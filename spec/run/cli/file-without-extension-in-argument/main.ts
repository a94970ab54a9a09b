console.log("found main.ts");
