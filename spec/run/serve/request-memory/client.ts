import { connect } from "node:net";

const REQUESTS = 3000;
const request = `GET / HTTP/1.1\r\nHost: x\r\nX-Padding: ${"p".repeat(500)}\r\n\r\n`;
const socket = connect(Number(process.argv[2]), "127.0.0.1");
await new Promise<void>((done) => {
  let answers = 0;
  socket.on("data", (data) => {
    answers += data.toString().split("HTTP/1.1 200").length - 1;
    if (answers >= REQUESTS) done();
  });
  socket.write(request.repeat(REQUESTS));
});
socket.destroy();
