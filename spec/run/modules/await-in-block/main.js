if (true) {
  const value = await Promise.resolve("awaited in a block");
  console.log(value);
}
