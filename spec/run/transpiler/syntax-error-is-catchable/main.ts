const error = await import("./lib.js").catch((error) => error);
console.log(error instanceof Error || typeof error === "object", typeof error.message);
