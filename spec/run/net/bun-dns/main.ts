// Bun.dns: lookups of literals and localhost, what it refuses, and its constants.
const { dns } = Bun as any;
console.log(dns.ADDRCONFIG, dns.ALL, dns.V4MAPPED);
console.log(await dns.lookup("127.0.0.1"), await dns.lookup("::1", { family: 6 }), await dns.lookup("localhost", { family: 4 }));
for (const args of [[], [""], [5], ["localhost", { family: 5 }], ["localhost", { backend: "x" }], ["localhost", { flags: 99999 }]]) {
  try {
    console.log(JSON.stringify(args), await dns.lookup(...args));
  } catch (error: any) {
    console.log(JSON.stringify(args), error.name, error.code, error.message);
  }
}
try {
  await dns.lookup("no.such.name.invalid");
} catch (error: any) {
  console.log(error.name, ["DNS_ENOTFOUND", "DNS_EAI_AGAIN", "DNS_ETIMEOUT"].includes(error.code), error.syscall);
}
console.log(dns.prefetch("localhost", 80), Object.keys(dns.getCacheStats()).join());
