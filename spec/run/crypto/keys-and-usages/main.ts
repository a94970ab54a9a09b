// Slots of keys stand whatever the program does, bytes are taken at the call, and public halves come from private ones.
import { Buffer } from "node:buffer";
import nodeCrypto, { webcrypto } from "node:crypto";

const s = crypto.subtle;
console.log(webcrypto === crypto, nodeCrypto.subtle === s, Object.prototype.toString.call(s), Object.prototype.toString.call(crypto));
const key = (await s.generateKey({ name: "HMAC", hash: "SHA-256" }, false, ["verify", "sign"])) as CryptoKey;
console.log(key.usages.join(), key.usages === key.usages, key.algorithm === key.algorithm);
(key.algorithm as any).name = "AES-GCM";
(key.usages as any).length = 0;
const signature = await s.sign("HMAC", key, new Uint8Array(3));
console.log(signature.byteLength, await s.verify("hmac", key, signature, Buffer.alloc(3)));
const clone = structuredClone(key);
console.log(clone instanceof CryptoKey, clone !== key, clone.extractable, await s.verify("HMAC", clone, signature, new Uint8Array(3)));

const data = new Uint8Array([1, 2, 3]);
const pending = s.digest("SHA-256", data);
data.fill(0);
console.log(Buffer.from(await pending).toString("hex") === Buffer.from(await s.digest("SHA-256", new Uint8Array([1, 2, 3]))).toString("hex"));
const view = new DataView(new Uint8Array([9, 1, 2, 3, 9]).buffer, 1, 3);
console.log(Buffer.from(await s.digest("SHA-1", view)).toString("hex"));

const pair = (await s.generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, ["sign", "verify"])) as CryptoKeyPair;
console.log(pair.privateKey.extractable, pair.publicKey.extractable, pair.privateKey.usages.join(), pair.publicKey.usages.join());
const half = await (s as any).getPublicKey(pair.privateKey, ["verify"]);
console.log(half.type, half.extractable, half.usages.join(), Buffer.from(await s.exportKey("raw", half)).equals(Buffer.from(await s.exportKey("raw", pair.publicKey))));
for (const [k, usages] of [[pair.publicKey, ["verify"]], [pair.privateKey, ["sign"]], [key, []]] as any) console.log(await (s as any).getPublicKey(k, usages).catch((e: Error) => e.name));
const supports = (...args: unknown[]) => (SubtleCrypto as any).supports(...args);
console.log(supports("digest", "SHA-256"), supports("digest", "MD5"), supports("encrypt", "AES-CBC"), supports("encrypt", { name: "AES-CBC", iv: new Uint8Array(16) }), supports("fly", "HMAC"), supports("getPublicKey", "X25519"));
for (const make of [() => new (CryptoKey as any)(), () => new (SubtleCrypto as any)(), () => new (Crypto as any)()]) {
  try {
    make();
  } catch (error: any) {
    console.log(error.name);
  }
}
