// Nonces of any length and every length of tag that the standard has.
const s = crypto.subtle;
const unhex = (t: string) => Uint8Array.from(t.match(/../g) ?? [], (b) => parseInt(b, 16));
const hex = (b: ArrayBuffer) => [...new Uint8Array(b)].map((x) => x.toString(16).padStart(2, "0")).join("");
const utf8 = (t: string) => new TextEncoder().encode(t);
const log = (label: string, value: ArrayBuffer | boolean) => console.log(label, typeof value === "boolean" ? value : hex(value));

const aes = (name: string, key: string, usages: KeyUsage[]) => s.importKey("raw", unhex(key), name, true, usages);
// The GCM specification, test cases 4 to 6: nonces of 96, 64 and 480 bits.
const gcmKey = await aes("AES-GCM", "feffe9928665731c6d6a8f9467308308", ["encrypt", "decrypt"]);
const plain = unhex("d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39");
const additionalData = unhex("feedfacedeadbeeffeedfacedeadbeefabaddad2");
for (const iv of ["cafebabefacedbaddecaf888", "cafebabefacedbad", "9313225df88406e555909c5aff5269aa6a7a9538534f7da1e4c303d2a318a728c3c0c95156809539fcf0e2429a6b525416aedbf5a0de6a57a637b39b"]) {
  const sealed = await s.encrypt({ name: "AES-GCM", iv: unhex(iv), additionalData }, gcmKey, plain);
  log("AES-GCM", sealed);
  log("AES-GCM opened", hex(await s.decrypt({ name: "AES-GCM", iv: unhex(iv), additionalData }, gcmKey, sealed)) === hex(plain.buffer));
}
for (const tagLength of [32, 64, 96, 104, 112, 120, 128]) {
  const algorithm = { name: "AES-GCM", iv: new Uint8Array(200).fill(7), tagLength };
  const sealed = await s.encrypt(algorithm, gcmKey, plain);
  log(`tag of ${tagLength}`, sealed.byteLength === plain.length + tagLength / 8 && hex(await s.decrypt(algorithm, gcmKey, sealed)) === hex(plain.buffer));
}
