console.log(await Bun.stdin.json());
