// Classes of node:http called without new, and on objects of old-style subclasses.
const http = require("http"), util = require("util"), https = require("https");
function Res(req) { http.ServerResponse.call(this, req); this.chunks = []; }
util.inherits(Res, http.ServerResponse);
Res.prototype.writeHead = function (...a) { const r = http.ServerResponse.prototype.writeHead.apply(this, a); console.log("head", JSON.stringify(this._header.replace(/Date: .*?\r\n/, ""))); return r; };
const r = new Res({ method: "GET" });
r.own = 1;
console.log(r instanceof http.ServerResponse, r instanceof http.OutgoingMessage, r.statusCode, r.headersSent, r.constructor === Res);
r.setHeader("X-A", "1"); console.log(r.getHeader("x-a"), JSON.stringify(r.getHeaders()));
r.end("hello"); console.log(r.headersSent, r.statusCode);
try { r.setHeader("a", "b") } catch (e) { console.log(e.code) }
function Msg() { http.IncomingMessage.call(this, new (require("stream").PassThrough)()); }
Object.setPrototypeOf(Msg.prototype, http.IncomingMessage.prototype);
Object.setPrototypeOf(Msg, http.IncomingMessage);
const m = new Msg(); console.log(typeof m.socket.destroy, m.headers, m.readable, m instanceof require("stream").Readable);
m.push("x"); m.push(null); m.on("data", (d) => console.log("data", `${d}`)).on("end", () => console.log("end"));
class Sub extends http.IncomingMessage { field = 3; constructor(s) { super(s); } get extra() { return 1 } }
const s = new Sub(null); console.log(s.field, s.extra, s instanceof Sub, s.constructor.name, http.IncomingMessage.name, http.ServerResponse.name, http.Server.name, http.Agent.name, https.Agent.name);
console.log(http.Server() instanceof http.Server, http.Agent({ keepAlive: true }).keepAlive, new http.IncomingMessage().constructor === http.IncomingMessage);
function Ag(o) { http.Agent.call(this, o); } util.inherits(Ag, http.Agent); console.log(new Ag({ maxSockets: 3 }).maxSockets, https.Agent().protocol);
function Srv() { http.Server.call(this, () => {}); } util.inherits(Srv, http.Server); console.log(new Srv().listenerCount("request"));
