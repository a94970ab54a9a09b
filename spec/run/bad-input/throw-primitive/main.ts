console.log("before");
throw undefined;
