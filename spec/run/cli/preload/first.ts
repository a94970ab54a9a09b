(globalThis as any).order = ["first"];
