globalThis.count = (globalThis.count ?? 0) + 1; throw Object.assign(new Error("boom " + count), { code: "E" });
