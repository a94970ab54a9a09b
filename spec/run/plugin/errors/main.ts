Bun.plugin({
  name: "wrong",
  setup(build) {
    build.onResolve({ filter: /^nowhere$/ }, () => ({ path: "x", namespace: "empty" }));
    build.onResolve({ filter: /^relative$/ }, () => ({ path: "./main.ts" }));
    build.onLoad({ filter: /throws$/, namespace: "wrong" }, () => { throw new RangeError("thrown in onLoad"); });
    build.onLoad({ filter: /rejects$/, namespace: "wrong" }, async () => { throw new RangeError("rejected in onLoad"); });
    build.onLoad({ filter: /later$/, namespace: "wrong" }, async () => ({ contents: "export default 1" }));
    build.onLoad({ filter: /loader$/, namespace: "wrong" }, () => ({ contents: "1", loader: "css" }));
    build.onLoad({ filter: /contents$/, namespace: "wrong" }, () => ({ contents: 5 as never }));
    build.onLoad({ filter: /syntax$/, namespace: "wrong" }, () => ({ contents: "let = 3 +;" }));
    build.onLoad({ filter: /names$/, namespace: "wrong" }, () => ({ contents: "import { nope } from 'values'" }));
    build.onResolve({ filter: /^wrong:/ }, (args) => ({ path: args.path.slice(6), namespace: "wrong" }));
    build.module("values", () => ({ exports: { yes: 1 }, loader: "object" }));
  },
});
const show = (error: any) => console.log(error.name, error.code, error.message);
for (const name of ["nowhere", "relative", "wrong:throws", "wrong:rejects", "wrong:loader", "wrong:contents", "wrong:syntax", "wrong:names"]) {
  await import(name).catch(show);
}
try {
  require("wrong:later");
} catch (error) {
  show(error);
}
console.log((await import("wrong:later")).default);
await import("wrong:throws");
