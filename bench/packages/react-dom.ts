// Rendering on the server, with a part that is suspended and streamed.
import React from "react";
import { renderToPipeableStream, renderToString } from "react-dom/server";
import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";

const e: any = React.createElement;
let loading: any;
function Late() {
  loading ??= new Promise((resolve) => setImmediate(resolve)).then(() => { loading.done = true; });
  if (!loading.done) throw loading;
  return e("b", null, "loaded");
}
function App({ count }: { count: number }) {
  const [value] = React.useState(count);
  return e("div", { className: "x", style: { color: "red", marginTop: 3 }, "data-id": React.useId() }, "Hi ", value, e(React.Suspense, { fallback: "…" }, e(Late)));
}
console.log(renderToString(e("p", null, "a & b", e("i", { dangerouslySetInnerHTML: { __html: "<u>" } }))));
const out = new PassThrough();
const stream = renderToPipeableStream(e(App, { count: 3 }), { onAllReady: () => { stream.pipe(out); } });
console.log(await text(out));
