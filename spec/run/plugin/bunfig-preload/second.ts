(globalThis as any).order.push("second"); await Bun.sleep(1);
