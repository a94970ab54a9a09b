// The source text of a failed call, for messages such as "The expression evaluated to a falsy value".
// Reads the caller's file once per message; says nothing when it cannot.

/** The position of the first stack line outside builtin modules. */
function callerOf(stack: string): { file: string; line: number; column: number } | undefined {
  for (const row of stack.split("\n")) {
    const match = /(?:^|[@( ])((?:file:\/\/)?\/[^\n]*?):(\d+):(\d+)\)?$/.exec(row.trim());
    if (match) return { file: match[1]!, line: Number(match[2]), column: Number(match[3]) };
  }
  return undefined;
}

/** From `start` to the parenthesis that closes the first one; strings and nesting are respected. */
function readCall(text: string, start: number): string | undefined {
  let depth = 0;
  let quote = "";
  for (let i = start; i < text.length; i++) {
    const c = text[i]!;
    if (quote) {
      if (c === "\\") i++;
      else if (c === quote) quote = "";
    } else if (c === '"' || c === "'" || c === "`") quote = c;
    else if (c === "(" || c === "[" || c === "{") depth++;
    else if (c === ")" || c === "]" || c === "}") {
      depth--;
      if (depth === 0) return text.slice(start, i + 1);
      if (depth < 0) return undefined;
    }
  }
  return undefined;
}

/** The call that is on the stack, or undefined. */
export function callText(stack: string): string | undefined {
  const at = callerOf(stack);
  if (!at) return undefined;
  try {
    const fs = require("node:fs");
    const path = at.file.startsWith("file://") ? require("node:url").fileURLToPath(at.file) : at.file;
    const lines: string[] = fs.readFileSync(path, "utf8").split("\n");
    const line = lines[at.line - 1] ?? "";
    // Engines point at the callee or at the parenthesis: go back to where the expression begins.
    let start = Math.max(at.column - 1, 0);
    while (start > 0 && /[\w$.\]]/.test(line[start - 1]!)) start--;
    const text = [line.slice(start), ...lines.slice(at.line, at.line + 20)].join("\n");
    // A tail call leaves no frame of its own: then the position is another call's.
    return /^[\w$.]*(?:assert|ok|strict)\w*\(/.test(text) ? readCall(text, 0) : undefined;
  } catch {
    return undefined;
  }
}
