console.log(process.env.A, process.env.B, process.env.C, process.env.D, Bun.env.A, import.meta.env.B);
