// Keys and signatures of another implementation are read, checked and written again byte for byte.
import * as keys from "./keys.ts";

const s = crypto.subtle;
const bytes = (text: string) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
const same = (a: ArrayBuffer, b: string) => btoa(String.fromCharCode(...new Uint8Array(a))) === b;
const message = new TextEncoder().encode("a message for every key");

async function pair(label: string, name: object, privateText: string, publicText: string, privateUsages: KeyUsage[], publicUsages: KeyUsage[]) {
  const privateKey = await s.importKey("pkcs8", bytes(privateText), name as any, true, privateUsages);
  const publicKey = await s.importKey("spki", bytes(publicText), name as any, true, publicUsages);
  console.log(label, "pkcs8", same(await s.exportKey("pkcs8", privateKey), privateText), "spki", same(await s.exportKey("spki", publicKey), publicText));
  const jwk = await s.exportKey("jwk", privateKey);
  const again = await s.importKey("jwk", jwk, name as any, true, privateUsages);
  console.log(label, "jwk", jwk.kty, jwk.crv ?? jwk.alg, Object.keys(jwk).sort().join(), same(await s.exportKey("pkcs8", again), privateText));
  return { privateKey, publicKey };
}

async function signs(label: string, algorithm: object, name: object, privateText: string, publicText: string, signature: string) {
  const { privateKey, publicKey } = await pair(label, name, privateText, publicText, ["sign"], ["verify"]);
  const given = bytes(signature);
  console.log(label, "openssl's", await s.verify(algorithm as any, publicKey, given, message));
  given[10]! ^= 1;
  console.log(label, "damaged", await s.verify(algorithm as any, publicKey, given, message));
  const own = await s.sign(algorithm as any, privateKey, message);
  console.log(label, "own", own.byteLength, await s.verify(algorithm as any, publicKey, own, message), await s.verify(algorithm as any, publicKey, own, message.subarray(1)));
  return own;
}


for (const [hash, signature] of [["SHA-256", keys.pkcs1Sha256], ["SHA-1", keys.pkcs1Sha1]] as const) {
  const name = { name: "RSASSA-PKCS1-v1_5", hash };
  const own = await signs(`RSASSA ${hash}`, name, name, keys.rsaPrivate, keys.rsaPublic, signature);
  console.log("the same signature", same(own, signature));
}
await signs("RSA-PSS", { name: "RSA-PSS", saltLength: 20 }, { name: "RSA-PSS", hash: "SHA-384" }, keys.rsaPrivate, keys.rsaPublic, keys.pssSha384Salt20);
await signs("ECDSA P-256", { name: "ECDSA", hash: "SHA-256" }, { name: "ECDSA", namedCurve: "P-256" }, keys.p256Private, keys.p256Public, keys.p256Sha256);
const own = await signs("Ed25519", { name: "Ed25519" }, { name: "Ed25519" }, keys.ed25519Private, keys.ed25519Public, keys.ed25519Signature);
console.log("the same signature", same(own, keys.ed25519Signature));

const oaep = await pair("RSA-OAEP", { name: "RSA-OAEP", hash: "SHA-256" }, keys.rsaPrivate, keys.rsaPublic, ["decrypt"], ["encrypt"]);
const label = new TextEncoder().encode("label");
console.log(new TextDecoder().decode(await s.decrypt({ name: "RSA-OAEP", label }, oaep.privateKey, bytes(keys.oaepSha256Label))));
const sealed = await s.encrypt({ name: "RSA-OAEP" }, oaep.publicKey, message);
console.log(new TextDecoder().decode(await s.decrypt({ name: "RSA-OAEP" }, oaep.privateKey, sealed)));
console.log(await s.decrypt({ name: "RSA-OAEP", label }, oaep.privateKey, sealed).catch((e) => e.name));

for (const [namedCurve, privateText, publicText] of [["P-384", keys.p384Private, keys.p384Public], ["P-521", keys.p521Private, keys.p521Public]] as const) {
  const { privateKey, publicKey } = await pair(`ECDH ${namedCurve}`, { name: "ECDH", namedCurve }, privateText, publicText, ["deriveBits"], []);
  const other = (await s.generateKey({ name: "ECDH", namedCurve }, true, ["deriveBits"])) as CryptoKeyPair;
  const [a, b] = [await s.deriveBits({ name: "ECDH", public: other.publicKey }, privateKey, null as any), await s.deriveBits({ name: "ECDH", public: publicKey }, other.privateKey, null as any)];
  console.log(a.byteLength, same(a, btoa(String.fromCharCode(...new Uint8Array(b)))));
}
await pair("X25519", { name: "X25519" }, keys.x25519Private, keys.x25519Public, ["deriveBits"], []);
console.log((oaep.publicKey.algorithm as any).modulusLength, (oaep.publicKey.algorithm as any).publicExponent.join());
