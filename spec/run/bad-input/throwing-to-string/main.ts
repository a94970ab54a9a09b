console.log("before");
throw { toString() { throw new Error("toString"); }, get message() { throw new Error("message"); }, get stack() { throw new Error("stack"); } };
