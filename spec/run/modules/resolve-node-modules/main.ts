import main from "main-field";
import { sub, feature } from "./src/inner.ts";
import { root, deep } from "with-exports";
console.log(main, sub, feature, root, deep);
import scoped from "@scope/package/lib/file.js";
console.log(scoped);
for (const name of ["with-exports/internal.js", "not-installed", "with-exports/blocked/x.js"]) {
  const error = await import(name).catch((error) => error);
  console.log(name, error instanceof Error);
}
