// A client over node:http: query, JSON, failures.
import axios from "axios";
import http from "node:http";

const server = http.createServer((request, response) => {
  let body = "";
  request.on("data", (chunk) => (body += chunk)).on("end", () => {
    response.setHeader("content-type", "application/json");
    response.statusCode = request.url === "/bad" ? 500 : 200;
    response.end(JSON.stringify([request.method, request.url, body, request.headers["x-a"]]));
  });
}).listen(0, "127.0.0.1");
await new Promise((resolve) => server.on("listening", resolve as () => void));
const client = axios.create({ baseURL: `http://127.0.0.1:${(server.address() as any).port}`, headers: { "X-A": "1" } });
console.log((await client.get("/a", { params: { q: 1 } })).data, (await client.post("/b", { z: 1 })).data);
await client.get("/bad").catch((error) => console.log(error.response.status, error.code));
server.close();
