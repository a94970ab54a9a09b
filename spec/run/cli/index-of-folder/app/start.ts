console.log("main of the folder");
