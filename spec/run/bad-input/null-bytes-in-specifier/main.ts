for (const name of ["./a\0b.ts", "", "./" + "x".repeat(5000), "node:nothing", "https://"]) {
  const error = await import(name).catch((error) => error);
  console.log(error instanceof Error);
}
