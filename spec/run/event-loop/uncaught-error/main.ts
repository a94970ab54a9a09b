function fails(value: string): never {
  throw new TypeError(`cannot use ${value}`);
}
console.log("before");
fails("this");
