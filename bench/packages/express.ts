// Deep CommonJS over node:http; only what needs no socket.
import express from "express";

const app = express();
app.use(express.json());
app.get("/hello/:name", (request, response) => { response.json({ hello: request.params.name }); });
console.log(typeof app, typeof app.listen, app.router.stack.length, app.get("env"));
