function down(n: number): number { return n === 0 ? 0 : 1 + down(n - 1); }
try { down(100_000_000); } catch (error: any) { console.log(error instanceof RangeError); }
const nested: any = []; let inner = nested;
for (let i = 0; i < 100_000; i++) { inner.push([]); inner = inner[0]; }
try { JSON.stringify(nested); console.log("stringified"); } catch (error: any) { console.log(error instanceof RangeError); }
