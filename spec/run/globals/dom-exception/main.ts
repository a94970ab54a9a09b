const error = new DOMException("text", "NotFoundError");
console.log(error.name, error.code, error.message, error instanceof Error, DOMException.NOT_FOUND_ERR, String(error), Object.prototype.toString.call(error));
console.log(new DOMException().name, new DOMException("m", { name: "DataCloneError", cause: 1 } as any).code);
