// Tools that read and write programs: prettier, Babel, eslint, Svelte's compiler, sass, esbuild as WebAssembly.
import { transformAsync } from "@babel/core";
import * as esbuild from "esbuild-wasm";
import { ESLint } from "eslint";
import prettier from "prettier";
import * as sass from "sass";
import { compile } from "svelte/compiler";

console.log(await prettier.format("const a = {b:1,c:[1,2,3]}\nfunction f(){return a}", { parser: "babel" }));
console.log(await prettier.format("interface A {a:string}", { parser: "typescript" }), await prettier.format("a{color:red}", { parser: "css" }));
const presets: any[] = [["@babel/preset-env", { targets: "ie 11" }], "@babel/preset-typescript", "@babel/preset-react"];
const source = "const a = (b?: number) => b ?? <div>{a?.b}</div>; async function* g() { yield await 1 }";
console.log((await transformAsync(source, { filename: "x.tsx", presets, babelrc: false, configFile: false }))!.code);
const eslint = new ESLint({ overrideConfigFile: true, overrideConfig: [{ rules: { "no-unused-vars": "error", eqeqeq: "warn", semi: "error" } }] } as any);
const [linted] = await eslint.lintText("const x = 1\nif (y == 2) foo()");
console.log(linted!.messages.map((message) => `${message.line}:${message.column} ${message.ruleId} ${message.message}`));
const svelte = compile("<script>let { a = 1 } = $props(); let n = $state(0);</script><button onclick={() => n++}>{a}{n}</button><style>button{color:red}</style>", { generate: "server", filename: "App.svelte" });
console.log(svelte.js.code, svelte.css!.code, svelte.warnings.length);
console.log(sass.compileString("$c: red; .a { .b { color: $c; &:hover { width: calc(1px + 2px); } } }").css);
console.log((await esbuild.transform("const a: number = 1; export default <div>{a}</div>", { loader: "tsx", minify: true })).code);
await esbuild.stop();
