// The page a browser gets when a handler fails in development. Never shown in production.

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** One page with the error, its stack and the request. */
export function errorPage(error: unknown, method: string, url: string): string {
  const isError = error instanceof Error;
  const title = isError ? `${error.name}: ${error.message}` : `Thrown: ${String(error)}`;
  const stack = isError && typeof error.stack === "string" ? error.stack.split("\n").filter((line) => line.trimStart().startsWith("at ")).join("\n") : "";
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>500 ${escaped(title)}</title>
<style>
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 60rem; margin: 4rem auto; padding: 0 1rem; }
h1 { font-size: 1.3rem; overflow-wrap: anywhere; }
pre { padding: 1rem; overflow-x: auto; border: 1px solid color-mix(in srgb, currentColor 25%, transparent); border-radius: 8px; }
p { opacity: 0.7; overflow-wrap: anywhere; }
</style>
<h1>${escaped(title)}</h1>
<p>${escaped(method)} ${escaped(url)} was answered with 500. This page is shown in development only.</p>
<pre>${escaped(stack)}</pre>
</html>
`;
}
