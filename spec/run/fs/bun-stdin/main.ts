console.log((await Bun.stdin.json()).given, Bun.stdin.type);
