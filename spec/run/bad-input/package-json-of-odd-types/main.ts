for (const name of ["list", "text", "number"]) {
  console.log(await import(name).then((ns) => ns.default, (error) => error instanceof Error));
}
