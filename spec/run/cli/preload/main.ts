console.log("main", (globalThis as any).order.join());
