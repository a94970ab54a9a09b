const errors: unknown[] = [];
for (let i = 0; i < 2; i++) {
  try { await import("./broken.ts"); } catch (error) { errors.push(error); }
}
console.log(errors.length, errors[0] === errors[1], (errors[0] as Error).message);
