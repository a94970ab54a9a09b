await 0;
throw new Error("leaf failed");
