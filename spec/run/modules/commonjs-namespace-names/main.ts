for (let i = 1; i <= 9; i++) {
  const namespace = await import(`./c${i}.cjs`);
  console.log(i, Object.getOwnPropertyNames(namespace).join(), typeof namespace.default);
}
