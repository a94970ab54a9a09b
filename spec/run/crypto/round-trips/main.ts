// Every algorithm makes keys, uses them, writes them in every format, and wraps them.
const s = crypto.subtle;
const message = new TextEncoder().encode("round and round");
const hex = (b: ArrayBuffer) => [...new Uint8Array(b)].map((x) => x.toString(16).padStart(2, "0")).join("");
const exponent = new Uint8Array([1, 0, 1]);
const describe = (k: CryptoKey) => `${k.type} ${k.extractable} ${k.usages.join("+") || "-"} ${JSON.stringify(k.algorithm, Object.keys({ ...k.algorithm }).filter((n) => n !== "publicExponent").concat("name").sort())}`;

const wrapping = (await s.generateKey({ name: "AES-GCM", length: 256 }, false, ["wrapKey", "unwrapKey"])) as CryptoKey;
async function formats(key: CryptoKey, names: string[], importAs: any) {
  const out: string[] = [];
  for (const format of names) {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const wrapped = await s.wrapKey(format as any, key, wrapping, { name: "AES-GCM", iv });
    const again = await s.unwrapKey(format as any, wrapped, wrapping, { name: "AES-GCM", iv }, importAs, true, key.usages);
    const [a, b] = [await s.exportKey(format as any, key), await s.exportKey(format as any, again)];
    out.push(`${format}:${a instanceof ArrayBuffer ? hex(a) === hex(b as any) : JSON.stringify(Object.entries(a).sort()) === JSON.stringify(Object.entries(b).sort())}`);
  }
  console.log(" ", out.join(" "));
}

for (const [name, operation] of [["AES-GCM", { name: "AES-GCM", iv: new Uint8Array(12), tagLength: 96 }], ["AES-CBC", { name: "AES-CBC", iv: new Uint8Array(16) }], ["AES-CTR", { name: "AES-CTR", counter: new Uint8Array(16), length: 32 }]] as const) {
  for (const length of [128, 192, 256]) {
    const key = (await s.generateKey({ name, length }, true, ["encrypt", "decrypt"])) as CryptoKey;
    const sealed = await s.encrypt(operation, key, message);
    console.log(describe(key), sealed.byteLength, hex(await s.decrypt(operation, key, sealed)) === hex(message.buffer));
    await formats(key, ["raw", "jwk"], name);
  }
}
for (const hash of ["SHA-1", "SHA-256", "SHA-384", "SHA-512"]) {
  const key = (await s.generateKey({ name: "HMAC", hash }, true, ["sign", "verify"])) as CryptoKey;
  console.log(describe(key), await s.verify("HMAC", key, await s.sign("HMAC", key, message), message));
  await formats(key, ["raw", "jwk"], { name: "HMAC", hash });
}
for (const [algorithm, operation] of [
  [{ name: "RSASSA-PKCS1-v1_5", hash: "SHA-256", modulusLength: 2048, publicExponent: exponent }, "RSASSA-PKCS1-v1_5"],
  [{ name: "RSA-PSS", hash: "SHA-512", modulusLength: 2048, publicExponent: exponent }, { name: "RSA-PSS", saltLength: 0 }],
  [{ name: "ECDSA", namedCurve: "P-256" }, { name: "ECDSA", hash: "SHA-512" }],
  [{ name: "ECDSA", namedCurve: "P-384" }, { name: "ECDSA", hash: "SHA-256" }],
  [{ name: "ECDSA", namedCurve: "P-521" }, { name: "ECDSA", hash: "SHA-384" }],
  [{ name: "Ed25519" }, "Ed25519"],
] as [any, any][]) {
  const { publicKey, privateKey } = (await s.generateKey(algorithm, true, ["sign", "verify"])) as CryptoKeyPair;
  const signature = await s.sign(operation, privateKey, message);
  console.log(describe(privateKey), "/", describe(publicKey), signature.byteLength, await s.verify(operation, publicKey, signature, message), await s.verify(operation, publicKey, signature.slice(1), message));
  await formats(privateKey, ["pkcs8", "jwk"], algorithm);
  await formats(publicKey, algorithm.hash ? ["spki", "jwk"] : ["spki", "jwk", "raw"], algorithm);
}
for (const hash of ["SHA-1", "SHA-256", "SHA-384", "SHA-512"]) {
  const algorithm = { name: "RSA-OAEP", hash, modulusLength: 2048, publicExponent: exponent };
  const { publicKey, privateKey } = (await s.generateKey(algorithm, true, ["encrypt", "decrypt"])) as CryptoKeyPair;
  const sealed = await s.encrypt({ name: "RSA-OAEP", label: message }, publicKey, message);
  console.log(describe(privateKey), sealed.byteLength, hex(await s.decrypt({ name: "RSA-OAEP", label: message }, privateKey, sealed)) === hex(message.buffer));
}
for (const algorithm of [{ name: "ECDH", namedCurve: "P-256" }, { name: "ECDH", namedCurve: "P-384" }, { name: "ECDH", namedCurve: "P-521" }, { name: "X25519" }] as any[]) {
  const [a, b] = [(await s.generateKey(algorithm, true, ["deriveKey", "deriveBits"])) as CryptoKeyPair, (await s.generateKey(algorithm, false, ["deriveKey", "deriveBits"])) as CryptoKeyPair];
  const [left, right] = [await s.deriveBits({ name: algorithm.name, public: b.publicKey }, a.privateKey, 256), await s.deriveBits({ name: algorithm.name, public: a.publicKey }, b.privateKey, 256)];
  const key = await s.deriveKey({ name: algorithm.name, public: b.publicKey }, a.privateKey, { name: "AES-CBC", length: 256 }, true, ["encrypt"]);
  console.log(describe(b.privateKey), "/", describe(b.publicKey), hex(left) === hex(right), hex(await s.exportKey("raw", key)) === hex(left));
  await formats(a.privateKey, ["pkcs8", "jwk"], algorithm);
  await formats(a.publicKey, ["spki", "jwk", "raw"], algorithm);
}
const kw = (await s.generateKey({ name: "AES-KW", length: 256 }, true, ["wrapKey", "unwrapKey"])) as CryptoKey;
const inner = (await s.generateKey({ name: "AES-GCM", length: 128 }, true, ["encrypt"])) as CryptoKey;
const wrapped = await s.wrapKey("raw", inner, kw, "AES-KW");
console.log(wrapped.byteLength, hex(await s.exportKey("raw", await s.unwrapKey("raw", wrapped, kw, "AES-KW", "AES-GCM", true, ["encrypt"]))) === hex(await s.exportKey("raw", inner)));
