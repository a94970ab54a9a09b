console.log(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(crypto.randomUUID()), crypto.randomUUID() !== crypto.randomUUID());
const bytes = new Uint8Array(64); console.log(crypto.getRandomValues(bytes) === bytes, new Set(bytes).size > 10);
for (const bad of [new Float32Array(1), new Uint8Array(65537)]) try { crypto.getRandomValues(bad as any); } catch (error: any) { console.log(error.name, error.code); }
