await 0;
(globalThis as any).order.push("second");
