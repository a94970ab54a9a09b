import tls from "node:tls";
const t = (o: object) => { try { tls.createSecureContext(o); return "ok"; } catch (e: any) { return `${e.code}: ${e.message}`; } };
console.log(t({ ciphers: tls.DEFAULT_CIPHERS }), t({ ciphers: "HIGH:!aNULL:!MD5" }));
console.log(t({ ciphers: "ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-CHACHA20-POLY1305:ECDHE-ECDSA-CHACHA20-POLY1305:AES128-SHA" }));
console.log(t({ ciphers: "ECDHE-RSA-AES128-GCM-SHA256" })); console.log(t({ ciphers: "NOPE" })); console.log(t({ ciphers: 1 }));
console.log(t({ ecdhCurve: "auto" }), t({ ecdhCurve: "X25519:P-256:prime256v1:secp384r1" }), t({ ecdhCurve: "P-521" })); console.log(t({ sigalgs: "RSA+SHA256" }));
