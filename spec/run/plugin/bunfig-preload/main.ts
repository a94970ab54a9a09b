console.log((globalThis as any).order);
