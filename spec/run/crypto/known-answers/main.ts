// Vectors of the standards that define the algorithms.
const s = crypto.subtle;
const unhex = (t: string) => Uint8Array.from(t.match(/../g) ?? [], (b) => parseInt(b, 16));
const hex = (b: ArrayBuffer) => [...new Uint8Array(b)].map((x) => x.toString(16).padStart(2, "0")).join("");
const utf8 = (t: string) => new TextEncoder().encode(t);
const log = (label: string, value: ArrayBuffer | boolean) => console.log(label, typeof value === "boolean" ? value : hex(value));

// FIPS 180-4 and FIPS 202: "abc".
for (const name of ["SHA-1", "SHA-256", "SHA-384", "SHA-512", "SHA3-256", "SHA3-384", "SHA3-512"]) log(name, await s.digest(name, utf8("abc")));
// A digest that runs in the background.
log("SHA-256 of 1 MiB", await s.digest("sha-256", new Uint8Array(1 << 20)));
// RFC 4231, test case 6: a key longer than a block.
const long = await s.importKey("raw", new Uint8Array(131).fill(0xaa), { name: "HMAC", hash: "SHA-512" }, false, ["sign"]);
log("HMAC", await s.sign("HMAC", long, utf8("Test Using Larger Than Block-Size Key - Hash Key First")));
// RFC 5869, test case 3: no salt, no info.
const ikm = await s.importKey("raw", new Uint8Array(22).fill(0x0b), "HKDF", false, ["deriveBits"]);
log("HKDF", await s.deriveBits({ name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info: new Uint8Array() }, ikm, 336));
// RFC 6070, test case 3.
const password = await s.importKey("raw", utf8("password"), "PBKDF2", false, ["deriveBits"]);
log("PBKDF2", await s.deriveBits({ name: "PBKDF2", hash: "SHA-1", salt: utf8("salt"), iterations: 4096 }, password, 160));

const aes = (name: string, key: string, usages: KeyUsage[]) => s.importKey("raw", unhex(key), name, true, usages);
// The GCM specification, test case 4.
const gcmKey = await aes("AES-GCM", "feffe9928665731c6d6a8f9467308308", ["encrypt", "decrypt"]);
const plain = unhex("d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39");
const additionalData = unhex("feedfacedeadbeeffeedfacedeadbeefabaddad2");
for (const iv of ["cafebabefacedbaddecaf888"]) {
  const sealed = await s.encrypt({ name: "AES-GCM", iv: unhex(iv), additionalData }, gcmKey, plain);
  log("AES-GCM", sealed);
  log("AES-GCM opened", hex(await s.decrypt({ name: "AES-GCM", iv: unhex(iv), additionalData }, gcmKey, sealed)) === hex(plain.buffer));
}
// NIST SP 800-38A, F.2.5, F.5.5; CBC has a block of padding more.
const key256 = "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4";
const block = unhex("6bc1bee22e409f96e93d7e117393172a");
log("AES-CBC", await s.encrypt({ name: "AES-CBC", iv: unhex("000102030405060708090a0b0c0d0e0f") }, await aes("AES-CBC", key256, ["encrypt"]), block));
const ctrKey = await aes("AES-CTR", key256, ["encrypt"]);
log("AES-CTR", await s.encrypt({ name: "AES-CTR", counter: unhex("f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff"), length: 64 }, ctrKey, block));
// The counter wraps among its own 8 bits: the second block is that of 00 after ff.
const wrapped = await s.encrypt({ name: "AES-CTR", counter: unhex("f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff"), length: 8 }, ctrKey, new Uint8Array(32));
const zero = await s.encrypt({ name: "AES-CTR", counter: unhex("f0f1f2f3f4f5f6f7f8f9fafbfcfdfe00"), length: 8 }, ctrKey, new Uint8Array(16));
log("AES-CTR wraps", hex(wrapped).slice(32) === hex(zero));
// RFC 3394 §4.2: 128 bits under 192.
const kek = await aes("AES-KW", "000102030405060708090a0b0c0d0e0f1011121314151617", ["wrapKey", "unwrapKey"]);
const data = await aes("AES-CBC", "00112233445566778899aabbccddeeff", ["encrypt"]);
log("AES-KW", await s.wrapKey("raw", data, kek, "AES-KW"));

// RFC 8032 §7.1, test 3.
const ed = { kty: "OKP", crv: "Ed25519", d: "xaqN9D-fg3vtt0QvMdy3sWbThTUHbwlLhc46LgtEWPc", x: "_FHNjmIYoaONpH7QAjDwWAgW7RO6MwOsXeuRFUiQgCU" };
log("Ed25519 jwk", await s.sign("Ed25519", await s.importKey("jwk", ed, "Ed25519", false, ["sign"]), unhex("af82")));
const seed = unhex("302e020100300506032b657004220420c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7");
log("Ed25519", await s.sign("Ed25519", await s.importKey("pkcs8", seed, "Ed25519", false, ["sign"]), unhex("af82")));
// RFC 7748 §6.1.
const a = await s.importKey("pkcs8", unhex("302e020100300506032b656e04220420" + "77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a"), "X25519", false, ["deriveBits"]);
const b = await s.importKey("raw", unhex("de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f"), "X25519", false, []);
log("X25519", await s.deriveBits({ name: "X25519", public: b }, a, 256));
log("X25519, 20 bits", await s.deriveBits({ name: "X25519", public: b }, a, 20));
// RFC 5903 §8.1.
const x = unhex("dad0b65394221cf9b051e1feca5787d098dfe637fc90b9ef945d0c3772581180");
const p256 = await s.importKey("raw", unhex("04" + hex(x.buffer) + "5271a0461cdb8252d61f1c456fa3e59ab1f45b33accf5f58389e0577b8990bb3"), { name: "ECDH", namedCurve: "P-256" }, true, []);
log("P-256 point", await s.exportKey("spki", p256));
