exports.later = async function (g) { "use strict"; await null; try { await Promise.reject(1) } catch { return g(); } };
exports.arrow = async (g) => (await null, g());
exports.obj = { async *gen(g) { await 1; yield g(); for await (const x of [1]) yield g() + x }, async m(g) { l: for await (const x of [1, 2]) { if (x == 1) continue l; await 1; return g(); } } };
