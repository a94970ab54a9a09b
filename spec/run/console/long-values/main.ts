console.log(Array.from({ length: 120 }, (_, i) => i));
console.log(Array.from({ length: 8 }, (_, i) => "a fairly long string number " + i));
console.log(Object.fromEntries(Array.from({ length: 30 }, (_, i) => ["key" + i, i])));
console.log({ text: "x".repeat(300) }, new Uint8Array(200));
console.log(new Set(Array.from({ length: 10 }, (_, i) => "member " + i)), new Map(Array.from({ length: 5 }, (_, i) => ["key " + i, { i }])));
