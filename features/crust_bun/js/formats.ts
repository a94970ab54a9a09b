// Bun.TOML, Bun.YAML, Bun.JSON5 and Bun.JSONC.
import { parseData } from "crust:ops/bun";

function textOf(input: unknown): string {
  if (ArrayBuffer.isView(input) || input instanceof ArrayBuffer) return new TextDecoder().decode(input as BufferSource);
  return String(input);
}

export const TOML = { parse: function parse(input: unknown): unknown { return parseData(textOf(input), "TOML"); } };
export const YAML = {
  parse: function parse(input: unknown): unknown {
    const text = textOf(input);
    // A stream without a document has no value.
    return text.trim() === "" ? null : parseData(text, "YAML");
  },
};
export const JSON5 = { parse: function parse(input: unknown): unknown { return parseData(textOf(input), "JSON5"); } };
export const JSONC = { parse: function parse(input: unknown): unknown { return parseData(textOf(input), "JSONC"); } };
