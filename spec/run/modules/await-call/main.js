// The only sign of a module is an await that a script would call.
await (async () => {
  console.log("awaited");
})();
for (const value of [1, 2]) console.log(await (async () => value)());
