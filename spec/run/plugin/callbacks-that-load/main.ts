import { createRequire } from "node:module";
const require = createRequire(import.meta.url);
const asked: string[] = [];
Bun.plugin({
  name: "loads",
  setup(build) {
    build.onLoad({ filter: /[ab]\.made$/ }, (args) => {
      asked.push(args.path.slice(-6));
      // Both import it too; it is loaded, evaluated once, in the middle of their graph.
      const { count } = require("./shared.ts");
      return { contents: `import { count } from "./shared"; import "./${args.path.endsWith("a.made") ? "b" : "a"}.made"; export const seen = [${count}, count];`, loader: "js" };
    });
  },
});
const a = await import("./a.made");
const b = await import("./b.made");
console.log(a.seen, b.seen, asked);
Bun.plugin.clearAll();
console.log((await import("./c.made")).default.endsWith("c.made"), (await import("./a.made")) === a);
