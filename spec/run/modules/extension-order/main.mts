import { createRequire } from "node:module";
const require = createRequire(import.meta.url);
const here = (kind: string, found: string) => console.log(kind, found.slice(found.lastIndexOf(".")));
here("main, import", Bun.resolveSync("main", import.meta.dir));
here("main, require", require.resolve("main"));
here("subpath, import", Bun.resolveSync("plain/index", import.meta.dir));
here("subpath, require", require.resolve("plain/index"));
here("own, require", require.resolve("./index"));
here("own, import", Bun.resolveSync("./index", import.meta.dir));
