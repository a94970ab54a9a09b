// `Bun.spawn({ terminal })` and `Bun.Terminal`: a pseudo terminal around a child.
const { Terminal } = Bun as any;
const decode = new TextDecoder();
const ended = Promise.withResolvers<void>();
let seen = "";
const child: any = Bun.spawn(["sh", "-c", "stty size; test -t 0 && test -t 1 && test -t 2 && echo tty; read word; echo got:$word; exit 3"], {
  terminal: {
    cols: 100,
    rows: 30,
    data(terminal: any, data: Uint8Array) {
      seen += decode.decode(data);
      if (seen.includes("tty") && !seen.includes("hello")) terminal.write("hello\n");
      if (seen.includes("got:hello\r\n")) ended.resolve();
    },
  },
} as any);
console.log(child.stdin, child.stdout, child.stderr, child.terminal instanceof Terminal, child.terminal.closed);
console.log(await child.exited);
await ended.promise;
console.log(JSON.stringify(seen), child.terminal.closed);
child.terminal.close();
console.log(child.terminal.closed);

function attempt(run: () => unknown): void {
  try {
    console.log(run());
  } catch (error: any) {
    console.log(error.name, error.code, error.message);
  }
}
attempt(() => child.terminal.write("x"));
attempt(() => child.terminal.resize(1, 2));
attempt(() => new Terminal());
attempt(() => new Terminal({ name: 5 }));
attempt(() => Bun.spawn(["true"], { terminal: 5 } as any));
attempt(() => Bun.spawn(["true"], { terminal: child.terminal } as any));
attempt(() => Bun.spawnSync(["true"], { terminal: {} } as any));

// One terminal for several children.
let lines = "";
const three = Promise.withResolvers<void>();
const exited = Promise.withResolvers<void>();
const terminal = new Terminal({
  cols: 50,
  rows: 10,
  data(_: unknown, data: Uint8Array) {
    lines += decode.decode(data);
    if (lines.split("\n").length === 3) three.resolve();
  },
  exit(same: unknown, code: number, signal: unknown) {
    console.log("exit", same === terminal, code, signal);
    exited.resolve();
  },
});
await (Bun.spawn(["stty", "size"], { terminal } as any)).exited;
terminal.resize(60, 20);
await (Bun.spawn(["stty", "size"], { terminal } as any)).exited;
await three.promise;
console.log(JSON.stringify(lines));
attempt(() => terminal.write(5));
attempt(() => terminal.resize("wide", 20));
console.log(terminal.inputFlags, terminal.outputFlags, terminal.localFlags, terminal.controlFlags);
terminal.setRawMode(true);
console.log(terminal.inputFlags, terminal.localFlags);
terminal.localFlags = 0;
console.log(terminal.localFlags, terminal.write(new Uint8Array(3)));
terminal.close();
console.log(terminal.closed, terminal.localFlags);
await exited.promise;
console.log(Bun.spawn(["true"]).terminal);
