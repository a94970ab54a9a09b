// The flag DEBUG: built-ins say what they do on standard error.
import { value } from "./other";
const server = Bun.serve({ port: 0, fetch: () => new Response("ok", { status: 201 }) });
const answer = await fetch(new URL("/path?secret=1", server.url));
console.log(answer.status, await answer.text(), value);
await server.stop(true);
console.log(await Bun.spawn(["sh", "-c", "exit 4"]).exited);
await fetch(server.url).catch((error) => console.log(error.code));
