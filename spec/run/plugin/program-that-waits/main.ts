import port from "./port.later";
console.log("started", port, import.meta.main);
export default { port, hostname: "127.0.0.1", fetch: () => new Response("own") };
