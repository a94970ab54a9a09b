// `node:tty`: terminals as streams, with their size, raw mode and cursor movements.

import * as native from "crust:ops/process";
import { InputStream } from "crust:process/input";
import { writeOutput } from "crust:process/stdio";
import { Writable } from "crust:node/internal/streams/writable";
import { codes } from "crust:node/internal/errors";
import { validateInteger } from "crust:node/internal/validators";

export function isatty(fd: unknown): boolean {
  return Number.isInteger(fd) && (fd as number) >= 0 && (fd as number) <= 2147483647 && native.descriptorKind(fd) === "TTY";
}

function requireTerminal(fd: unknown): void {
  if (!Number.isInteger(fd) || (fd as number) < 0) throw new codes.ERR_INVALID_FD!(fd);
  if (!isatty(fd)) throw Object.assign(new Error("TTY initialization failed: uv_tty_init returned EINVAL (invalid argument)"), { name: "SystemError", code: "ERR_TTY_INIT_FAILED" });
}

export class ReadStream extends InputStream {
  isRaw = false;
  isTTY = true;

  constructor(fd: number) {
    requireTerminal(fd);
    super(fd);
  }
  setRawMode(flag: unknown): this {
    const raw = Boolean(flag);
    native.setRawMode(this.fd, raw);
    if (raw && !this.isRaw) require("crust:process/exit").atExit(() => native.setRawMode(this.fd, false));
    this.isRaw = raw;
    return this;
  }
}

const ESCAPE = "\u001b[";
const WritableBase = Writable as any;

export class WriteStream extends WritableBase {
  fd: number;
  isTTY = true;
  _type = "tty";
  columns: number;
  rows: number;

  constructor(fd: number) {
    requireTerminal(fd);
    super({
      decodeStrings: false,
      write(chunk: string | Uint8Array, encoding: string, done: () => void) {
        writeOutput(fd, chunk, encoding);
        done();
      },
    });
    this.fd = fd;
    const [columns, rows] = native.windowSize(fd) ?? [80, 24];
    this.columns = columns;
    this.rows = rows;
    this.on("newListener", (event: string) => {
      if (event === "resize" && this.listenerCount("resize") === 0) process.on("SIGWINCH", () => this._refreshSize());
    });
  }
  _refreshSize(): void {
    const [columns, rows] = native.windowSize(this.fd) ?? [this.columns, this.rows];
    if (columns === this.columns && rows === this.rows) return;
    this.columns = columns;
    this.rows = rows;
    this.emit("resize");
  }
  getWindowSize(): [number, number] {
    const [columns, rows] = native.windowSize(this.fd) ?? [this.columns, this.rows];
    return [columns, rows];
  }
  cursorTo(x: number, y?: unknown, callback?: () => void): boolean {
    if (typeof y === "function") {
      callback = y as () => void;
      y = undefined;
    }
    return this.write(typeof y === "number" ? `${ESCAPE}${y + 1};${x + 1}H` : `${ESCAPE}${x + 1}G`, callback);
  }
  moveCursor(dx: number, dy: number, callback?: () => void): boolean {
    let text = "";
    if (dx !== 0) text += `${ESCAPE}${Math.abs(dx)}${dx < 0 ? "D" : "C"}`;
    if (dy !== 0) text += `${ESCAPE}${Math.abs(dy)}${dy < 0 ? "A" : "B"}`;
    return this.write(text, callback);
  }
  clearLine(direction: number, callback?: () => void): boolean {
    return this.write(`${ESCAPE}${direction < 0 ? "1" : direction > 0 ? "0" : "2"}K`, callback);
  }
  clearScreenDown(callback?: () => void): boolean {
    return this.write(`${ESCAPE}0J`, callback);
  }
  getColorDepth(env: Record<string, string | undefined> = process.env): number {
    return colorDepth(env);
  }
  hasColors(count: unknown = 16, env?: Record<string, string | undefined>): boolean {
    if (env === undefined && typeof count === "object" && count !== null) {
      env = count as Record<string, string | undefined>;
      count = 16;
    } else validateInteger(count, "count", 2);
    return (count as number) <= 2 ** this.getColorDepth(env);
  }
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }
}

// Bits per colour that the terminal says it shows.
function colorDepth(env: Record<string, string | undefined>): number {
  const force = env.FORCE_COLOR;
  if (force !== undefined) return force === "2" ? 8 : force === "3" ? 24 : force === "" || force === "1" || force === "true" ? 4 : 1;
  if (env.NODE_DISABLE_COLORS || env.NO_COLOR || env.TERM === "dumb") return 1;
  if (env.COLORTERM === "truecolor" || env.COLORTERM === "24bit") return 24;
  if (env.CI !== undefined) return "GITHUB_ACTIONS" in env ? 24 : "TRAVIS" in env || "GITLAB_CI" in env ? 8 : 1;
  if (env.TMUX) return 24;
  const term = (env.TERM ?? "").toLowerCase();
  if (/^xterm-(?:256|kitty|ghostty)|-256(?:color)?$/.test(term)) return /kitty|ghostty/.test(term) ? 24 : 8;
  if (/^(?:xterm|screen|tmux|rxvt|vt100|linux|ansi|cygwin|konsole|gnome|eterm|putty)/.test(term) || env.COLORTERM !== undefined) return 4;
  return 1;
}

export default { isatty, ReadStream, WriteStream };
