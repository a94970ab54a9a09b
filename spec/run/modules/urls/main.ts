const data = await import("data:text/javascript,export const value = 1 + 1;");
const encoded = await import("data:text/javascript;base64,ZXhwb3J0IGRlZmF1bHQgImJhc2U2NCI7");
const file = await import(new URL("./with space.ts", import.meta.url).href);
console.log(data.value, encoded.default, file.default);
