// Bun.listen and Bun.connect over TLS: handshakes, who is trusted, and what a socket knows of its session.
const folder = import.meta.dir;
const tls = { cert: Bun.file(`${folder}/localhost.crt`), key: Bun.file(`${folder}/localhost.key`) };
const ca = await Bun.file(`${folder}/localhost.crt`).text();

async function talk(label: string, options: any): Promise<void> {
  const client: string[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  const listener = Bun.listen({
    hostname: "localhost",
    port: 0,
    tls,
    socket: {
      data(socket, data) { socket.end(`you said ${data}`); },
    },
  });
  const socket = await Bun.connect({
    hostname: "localhost",
    port: listener.port,
    tls: options,
    socket: {
      open(socket) { client.push(`client open, writes ${socket.write("too early")}`); },
      handshake(socket, success, error: any) {
        client.push(`handshake ${success} ${error?.code} ${socket.authorized} ${socket.getTLSVersion()}`);
        const certificate: any = socket.getPeerCertificate();
        client.push(`${certificate.subject.CN} ${certificate.subjectaltname} ${certificate.valid_to} ${certificate.fingerprint256}`);
        client.push(`writes ${socket.write("hello")}`);
      },
      data(socket, data) { client.push(`data ${data}`); },
      close(socket, error) { client.push(`close ${error}`); resolve(); },
    },
  });
  client.push(String(socket));
  await promise;
  console.log(label);
  console.log(client.join("\n"));
  listener.stop(true);
}

await talk("trusted", { ca });
await talk("anybody", { rejectUnauthorized: false });
await talk("refused", true);
try {
  Bun.listen({ hostname: "localhost", port: 0, tls: { cert: "x", key: "y" }, socket: { data() {} } });
} catch (error: any) {
  console.log(error instanceof Error);
}
