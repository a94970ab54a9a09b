// What was thrown, as an event tells it: the text, the frames worth showing, and the place.
import { formatStack } from "crust:ops/core";
import type { Failure } from "crust:test_api/state";
import { format } from "crust:test_api/format";

/** Frames beyond this help nobody. */
const MOST_FRAMES = 20;
/** A chain of causes may be a circle. */
const DEEPEST_CAUSE = 8;

export function failureOf(thrown: unknown): Failure {
  if (!(thrown instanceof Error)) {
    return { message: `error: ${typeof thrown === "string" ? thrown : `thrown: ${format(thrown)}`}`, stack: "" };
  }
  const rendered = renderedText(thrown);
  if (rendered !== undefined) return { message: rendered, stack: "" };
  const frames = framesOf(thrown);
  const place = placeOf(frames);
  const message = `${headline(thrown)}${further(thrown, 0)}`;
  return place === undefined ? { message, stack: frames.join("\n") } : { message, stack: frames.join("\n"), place };
}

/** Problems of a source bring their own text with its lines. */
function renderedText(error: any): string | undefined {
  try {
    const text = error["[[crust.rendered]]"];
    return typeof text === "string" ? text : undefined;
  } catch {
    return undefined;
  }
}

function headline(error: Error): string {
  let name = "error";
  let message = "";
  try {
    name = error.name === "Error" || !error.name ? "error" : String(error.name);
    message = String(error.message);
  } catch {
    // A getter of the error threw.
  }
  return message === "" ? name : `${name}: ${message}`;
}

/** What else an error carries: a code, its causes, the errors it stands for. */
function further(error: any, depth: number): string {
  if (depth > DEEPEST_CAUSE) return "";
  let text = "";
  if (typeof error.code === "string" && !String(error.message).includes(error.code)) text += `\n code: "${error.code}"`;
  if (error.cause !== undefined) {
    const { cause } = error;
    text += cause instanceof Error ? `\n\ncaused by ${headline(cause)}${framesOf(cause).slice(0, 3).map((frame) => `\n      ${frame.trim()}`).join("")}${further(cause, depth + 1)}` : `\n\ncaused by ${format(cause)}`;
  }
  if (Array.isArray(error.errors)) {
    error.errors.slice(0, 10).forEach((inner: unknown, index: number) => {
      text += `\n\n${index + 1}. ${inner instanceof Error ? headline(inner) + further(inner, depth + 1) : format(inner)}`;
    });
  }
  return text;
}

function framesOf(error: Error): string[] {
  let stack = "";
  try {
    stack = String(error.stack ?? "");
  } catch {
    // A getter of the error threw.
  }
  let frames = stack.split("\n").filter((line) => /^\s+at /.test(line));
  // The portable engine leaves its own errors in its own format.
  if (frames.length === 0 && /@\//.test(stack)) frames = formatStack("", stack).split("\n").filter((line: string) => /^\s+at /.test(line));
  return frames.filter((line) => !/\(?crust:(?:test_api|core)\//.test(line)).slice(0, MOST_FRAMES);
}

function placeOf(frames: string[]): Failure["place"] {
  let first: Failure["place"];
  for (const frame of frames) {
    const match = /\(?(?:file:\/\/)?(\/[^()]*?):(\d+):(\d+)\)?$/.exec(frame.trim());
    if (match === null) continue;
    const place = { file: match[1]!, line: Number(match[2]), column: Number(match[3]) };
    first ??= place;
    // The program's own code says more than a package's.
    if (!place.file.includes("/node_modules/")) return place;
  }
  return first;
}
