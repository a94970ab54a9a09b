console.log(process.env.FROM_FILE);
