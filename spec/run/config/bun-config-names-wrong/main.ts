try {
  console.log(Bun.config);
} catch (error: any) {
  console.log(error.code);
  console.log(error.message);
}
