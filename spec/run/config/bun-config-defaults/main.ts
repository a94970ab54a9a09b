// Without a header, programs see the defaults.
console.log(Bun.config);
