import { plugin } from "bun";

plugin({
  name: "greetings",
  setup(build) {
    build.onResolve({ filter: /^greeting:/ }, (args) => ({ path: args.path.slice(9), namespace: "greeting" }));
    build.onLoad({ filter: /.*/, namespace: "greeting" }, (args) => ({
      contents: `import { mark } from "marks"; export default "Hello, ${args.path}" + mark as string`,
      loader: "ts",
    }));
    build.module("marks", () => ({ exports: { mark: "!" }, loader: "object" }));
    build.onLoad({ filter: /\.upper$/ }, async (args) => {
      const text = await Bun.file(args.path).text();
      return { contents: `export default ${JSON.stringify(text.trim().toUpperCase())}`, loader: "js" };
    });
  },
});
console.log("preloaded");
