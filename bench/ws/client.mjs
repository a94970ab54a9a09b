// Load for bench/ws/server.mjs: CASE is echo or publish, CLIENTS sockets, SECONDS of load. Prints the messages that arrived.
const { CASE, PORT, CLIENTS, SECONDS } = process.env;
const text = "x".repeat(64);
let received = 0;
let sockets = [];
const open = () =>
  new Promise((resolve, reject) => {
    const socket = new WebSocket(`ws://127.0.0.1:${PORT}/`);
    socket.onopen = () => resolve(socket);
    socket.onerror = reject;
  });
for (let index = 0; index < Number(CLIENTS); index++) sockets.push(await open());
const counted = () => received++;
if (CASE === "publish") {
  // The first socket publishes as fast as the last one hears.
  const last = sockets.at(-1);
  for (const socket of sockets) socket.onmessage = counted;
  last.onmessage = () => {
    received++;
    sockets[0].send(text);
  };
  for (let ahead = 0; ahead < 4; ahead++) sockets[0].send(text);
} else {
  for (const socket of sockets) {
    socket.onmessage = () => {
      received++;
      socket.send(text);
    };
    socket.send(text);
  }
}
await new Promise((resolve) => setTimeout(resolve, 500));
console.log("start");
const before = received;
await new Promise((resolve) => setTimeout(resolve, Number(SECONDS) * 1000));
console.log(received - before);
process.exit(0);
