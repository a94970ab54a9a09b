// What a client can do wrong on the wire (RFC 9112), each on a connection of its own, while another one goes on.
const server = Bun.serve({
  port: 0,
  idleTimeout: 1,
  maxRequestBodySize: 1000,
  async fetch(request) {
    const { pathname } = new URL(request.url);
    if (pathname === "/never") return new Promise<Response>(() => {});
    return new Response(`${request.method} ${pathname} ${(await request.text()).length}`);
  },
  error: (error) => new Response(error.name, { status: 500 }),
});

// Sends pieces, collects what comes until the other side closes, and shows it in one line.
function talk(pieces: string[], finish = false): Promise<string> {
  let received = "";
  return new Promise((resolve) => {
    Bun.connect({
      hostname: "127.0.0.1",
      port: server.port!,
      socket: {
        open(socket) {
          for (const piece of pieces) socket.write(piece);
          if (finish) socket.shutdown();
        },
        data(_, bytes) {
          received += new TextDecoder().decode(bytes);
        },
        close: () => resolve(received),
        error: () => resolve(received),
      },
    });
  });
}
const statuses = (text: string) => [...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map((match) => match[1]).join();
const bodies = (text: string) => text.split("\r\n\r\n").slice(1).map((part) => part.replace(/HTTP\/1\.1[\s\S]*/, "")).join("|");
async function show(name: string, ...pieces: string[]): Promise<void> {
  const text = await talk(pieces);
  console.log(`${name}: ${statuses(text)} ${bodies(text)}`);
}
const get = "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
const post = (fields: string, body: string) => `POST /p HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${fields}\r\n${body}`;

await show("a good request", get);
await show("in single bytes", ...get);
await show("pipelined", get.replace("close", "keep-alive"), get.replace("close", "keep-alive") + get);
await show("length and chunked", post("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"));
await show("two lengths", post("Content-Length: 3\r\nContent-Length: 4\r\n", "abcd"));
await show("length of words", post("Content-Length: three\r\n", "abc"));
await show("negative length", post("Content-Length: -3\r\n", "abc"));
await show("unknown coding", post("Transfer-Encoding: gzip\r\n", "abc"));
await show("coding twice", post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"));
await show("chunks", post("Transfer-Encoding: chunked\r\n", "3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nTrailer: t\r\n\r\n"));
await show("chunk size of words", post("Transfer-Encoding: chunked\r\n", "xyz\r\nabc\r\n0\r\n\r\n"));
await show("chunk longer than said", post("Transfer-Encoding: chunked\r\n", "2\r\nabc\r\n0\r\n\r\n"));
await show("chunk of 2^64", post("Transfer-Encoding: chunked\r\n", "ffffffffffffffff\r\na"));
await show("folded field", "GET / HTTP/1.1\r\nHost: x\r\nA: b\r\n c\r\n\r\n");
await show("bare line feeds", "GET / HTTP/1.1\nHost: x\n\n");
await show("NUL in a field", "GET / HTTP/1.1\r\nHost: x\r\nA: \0\r\n\r\n");
await show("space before colon", "GET / HTTP/1.1\r\nHost : x\r\n\r\n");
await show("no host", "GET / HTTP/1.1\r\n\r\n");
await show("two hosts", "GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n");
await show("not HTTP", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 hello hello\r\n\r\n");
await show("head too large", `GET / HTTP/1.1\r\nHost: x\r\nA: ${"a".repeat(20_000)}\r\n\r\n`);
await show("too many fields", `GET / HTTP/1.1\r\nHost: x\r\n${"A: b\r\n".repeat(200)}\r\n`);
await show("body too large", post("Content-Length: 1001\r\n", "x".repeat(1001)));
await show("chunks too large", post("Transfer-Encoding: chunked\r\n", `3e9\r\n${"x".repeat(1001)}\r\n0\r\n\r\n`));
await show("expects continue", post("Expect: 100-continue\r\nContent-Length: 3\r\n", ""), "abc");
await show("HTTP/1.0", "GET /old HTTP/1.0\r\n\r\n");
await show("absolute target", "GET http://other/abs HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
await show("a head that never ends", "GET / HTTP/1.1\r\nHost: ");
await show("a body that never ends", post("Content-Length: 10\r\n", "abc"));
console.log("half a request:", JSON.stringify(statuses(await talk(["GET / HTTP/1.1\r\nHo"], true))));
console.log("half-closed after a request:", statuses(await talk([get], true)));
console.log("others go on:", await (await fetch(new URL("/after", server.url))).text());
console.log("pending:", server.pendingRequests);
await server.stop(true);
