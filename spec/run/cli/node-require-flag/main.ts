console.log((globalThis as any).loaded);
