// Colours one line of JavaScript source for an error's excerpt. A guess by tokens, never a parse.
import { BOLD, DIM, GREEN, ITALIC, MAGENTA, RESET, YELLOW } from "crust:console/inspect/text";

const KEYWORDS = new Set(
  ("async await break case catch class const continue debugger default delete do else enum export extends finally for from " +
    "function if implements import in instanceof interface let new of package private protected public return static super " +
    "switch this throw try type typeof var void while with yield").split(" "),
);
const CONSTANTS = new Set(["true", "false", "null", "undefined", "NaN", "Infinity"]);

const TOKEN =
  /(\/\/.*$|\/\*.*?(?:\*\/|$))|("(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?|`(?:[^`\\]|\\.)*`?)|(\.[A-Za-z_$][\w$]*(?=\())|([A-Za-z_$][\w$]*)|(\d[\w.]*)|(;)/g;

export function highlight(source: string): string {
  let previous = "";
  return source.replace(TOKEN, (token, comment, text, method, word, number) => {
    const before = previous;
    previous = token;
    if (comment !== undefined) return paint(DIM, token);
    if (text !== undefined) return paint(GREEN, token);
    if (method !== undefined) return `${RESET}${ITALIC}${BOLD}${token}${RESET}`;
    if (word !== undefined) return paintWord(token, before);
    return number !== undefined ? paint(YELLOW, token) : paint(DIM, token);
  });
}

function paintWord(word: string, before: string): string {
  if (KEYWORDS.has(word)) return paint(MAGENTA, word);
  if (CONSTANTS.has(word)) return paint(YELLOW, word);
  return before === "new" ? paint(BOLD, word) : word;
}

function paint(color: string, text: string): string {
  return `${RESET}${color}${text}${RESET}`;
}
