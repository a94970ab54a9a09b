// Options that are not there yet: each is refused with a code, in requests, agents and servers.
import http from "node:http";
import https from "node:https";

const pfx = Buffer.from("x");
for (const [name, call] of Object.entries({
  "request insecureHTTPParser": () => http.request({ insecureHTTPParser: true }),
  "request httpValidation": () => http.request({ httpValidation: "relaxed" }),
  "server insecureHTTPParser": () => http.createServer({ insecureHTTPParser: true }),
  "agent proxyEnv": () => new http.Agent({ proxyEnv: process.env }),
  "setGlobalProxyFromEnv": () => http.setGlobalProxyFromEnv(),
  "listen on a descriptor": () => http.createServer().listen({ fd: 3 }),
  "request pfx": () => https.request({ pfx }),
  "agent pfx": () => https.request({ agent: new https.Agent({ pfx }) }),
  "request crl": () => https.request({ crl: "x" }),
  "request secureProtocol": () => https.request({ secureProtocol: "TLSv1_2_method" }),
  "request session": () => https.request({ session: pfx }),
  "request ciphers": () => https.request({ ciphers: "ECDHE-RSA-AES128-GCM-SHA256" }),
  "request secureOptions": () => https.request({ secureOptions: 0x4000 }),
  "request requestOCSP": () => https.request({ requestOCSP: true }),
  "server with two keys": () => https.createServer({ key: ["x", "y"] }),
  "request sigalgs": () => https.request({ sigalgs: "rsa_pss_rsae_sha256" }),
  "server pfx": () => https.createServer({ pfx }),
  "server SNICallback": () => https.createServer({ SNICallback() {} }),
  "server ALPNCallback": () => https.createServer({ ALPNCallback() {} }),
  "server ciphers": () => https.createServer({ ciphers: "ECDHE-RSA-AES128-GCM-SHA256" }),
  "server ticketKeys": () => https.createServer({ ticketKeys: pfx }),
})) {
  try {
    call()?.on?.("error", () => {});
    console.log(name, "is taken");
  } catch (error) {
    console.log(name, error.code);
  }
}
