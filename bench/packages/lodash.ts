// A large CommonJS file, its named imports and single files of the package.
import _, { chunk, groupBy } from "lodash";
import debounce from "lodash/debounce.js";

console.log(chunk([1, 2, 3, 4, 5], 2), groupBy(["one", "two", "three"], "length"));
console.log(_.chain([3, 1, 2]).sortBy().map((n) => n * 2).value(), _.template("hello <%= name %>")({ name: "world" }));
console.log(_.isEqual({ a: [1, { b: 2 }] }, { a: [1, { b: 2 }] }), _.cloneDeep(new Map([[1, { a: 1 }]])), typeof debounce);
