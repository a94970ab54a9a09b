// `util.parseEnv`: the text of a `.env` file as Node reads it. Expands nothing and sets nothing.

const line = /^\s*(?:export\s+)?([\w.-]+)\s*=[^\S\n]*("[^"]*"|'[^']*'|`[^`]*`|[^#\n]*)?.*$/gm;

export function parseEnv(content: string): Record<string, string> {
  const values: Record<string, string> = Object.create(null);
  for (const [, name, raw = ""] of content.replace(/\r\n?/g, "\n").matchAll(line)) {
    let value = raw.trim();
    const quoted = /^(["'`])([\s\S]*)\1$/.exec(value);
    if (quoted) value = quoted[1] === '"' ? quoted[2]!.replaceAll("\\n", "\n") : quoted[2]!;
    values[name!] = value;
  }
  return values;
}
