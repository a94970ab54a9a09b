// What Bun.listen and Bun.connect refuse, and with which words.
const handlers = { data() {} };
const attempt = async (label: string, run: () => any) => {
  try {
    const result = await run();
    console.log(label, "ok");
    result.stop?.(true);
    result.end?.();
  } catch (error: any) {
    console.log(label, error.name, error.code, error.message.replace(/\d{4,}$/, "N"), error.syscall, error.errno, error.address, typeof error.port);
  }
};
for (const options of [
  {}, { socket: {} }, { socket: handlers }, { socket: { data: 1 }, hostname: "localhost", port: 0 }, { socket: handlers, hostname: "localhost" },
  { socket: handlers, hostname: "localhost", port: 70000 }, { socket: handlers, hostname: "localhost", port: -1 }, { socket: handlers, hostname: "localhost", port: "abc" },
  { socket: handlers, hostname: "", port: 0 }, { socket: handlers, unix: "" }, { socket: handlers, unix: "/no/such/folder/socket" },
  { socket: handlers, hostname: "203.0.113.1", port: 0 }, 5, null,
]) {
  await attempt(`listen ${JSON.stringify(options)}`, () => Bun.listen(options as any));
}
const taken = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: handlers });
const { port } = taken;
await attempt("in use", () => Bun.listen({ hostname: "127.0.0.1", port, socket: handlers }));
taken.stop(true);

const refused = (label: string) => ({ data() {}, connectError(socket: any, error: any) { console.log(label, error.code, socket.readyState, socket.data); } });
await attempt("nobody", () => Bun.connect({ hostname: "127.0.0.1", port, data: 7, socket: refused("connectError") } as any));
await attempt("no path", () => Bun.connect({ unix: "/no/such/socket", socket: refused("connectError") } as any));
await attempt("no handlers", () => Bun.connect({ hostname: "127.0.0.1", port } as any));
await attempt("port", () => Bun.connect({ hostname: "127.0.0.1", port: 70000, socket: handlers }));
try {
  await Bun.connect({ hostname: "no.such.name.invalid", port: 1, socket: handlers });
} catch (error: any) {
  console.log(["ENOTFOUND", "EAI_AGAIN"].includes(error.code), error.syscall);
}
