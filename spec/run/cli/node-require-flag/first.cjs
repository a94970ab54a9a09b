globalThis.loaded = "by -r";
