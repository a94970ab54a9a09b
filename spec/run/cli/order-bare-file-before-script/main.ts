console.log("the file");
