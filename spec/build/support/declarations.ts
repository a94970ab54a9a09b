// Builds main.ts and prints the declarations of what it exports, or what is wrong.

const { success, outputs, logs } = await Bun.build({
  entrypoints: [`${import.meta.dir}/main.ts`],
  target: "node",
  dts: true,
  throw: false,
});
for (const { level, code, message, position, hint } of logs) {
  const place = position ? `${position.file.slice(import.meta.dir.length + 1)}:${position.line}:${position.column}: ` : "";
  console.log(`${place}${level} ${code}: ${message}${hint ? ` (${hint})` : ""}`);
}
if (success) console.log((await outputs.find(({ kind }) => kind === "declaration")!.text()).trimEnd());
