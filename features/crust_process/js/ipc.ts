// The message channel between a process and its children: JSON lines over a socket, as Node speaks it.
// Sends no handles.

import * as native from "crust:ops/process";
import { codes } from "crust:node/internal/errors";

/** Makes `target` (a child, or `process` in a child) one end of the channel on `fd`. */
export function attachChannel(target: any, fd: number, closed: () => void): void {
  let pending = "";
  let open = true;
  const decoder = new TextDecoder();
  const writes: { bytes: Uint8Array; done: (error: unknown) => void }[] = [];
  let writing = false;

  const close = (): void => {
    if (!open) return;
    open = false;
    target.connected = false;
    target.channel = null;
    native.pipeClose(pipe);
    process.nextTick(() => {
      target.emit("disconnect");
      closed();
    });
  };
  const receive = (message: any): void => {
    const internal = message !== null && typeof message === "object" && typeof message.cmd === "string" && message.cmd.startsWith("NODE_");
    target.emit(internal ? "internalMessage" : "message", message, undefined);
  };
  const pipe: number = native.pipeOpen(fd, true, (chunk: Uint8Array | null, error?: unknown) => {
    if (chunk === null || error !== undefined) {
      close();
      return;
    }
    pending += decoder.decode(chunk, { stream: true });
    let start = 0;
    for (let end = pending.indexOf("\n"); end >= 0 && open; end = pending.indexOf("\n", start)) {
      const line = pending.slice(start, end);
      start = end + 1;
      receive(JSON.parse(line));
    }
    pending = pending.slice(start);
  });
  const flush = (): void => {
    while (!writing && writes.length > 0) {
      const { bytes, done } = writes.shift()!;
      const finished = (error: unknown): void => {
        writing = false;
        done(error);
        flush();
      };
      writing = true;
      try {
        if (!native.pipeWrite(pipe, bytes, finished)) return;
        writing = false;
        done(null);
      } catch (error) {
        writing = false;
        done(error);
      }
    }
  };

  target.connected = true;
  target.channel = {
    ref: () => native.pipeRef(pipe, true),
    unref: () => native.pipeRef(pipe, false),
    fd,
  };
  target.send = (message: unknown, handle?: any, options?: any, callback?: (error: unknown) => void): boolean => {
    if (typeof handle === "function") callback = handle;
    else if (typeof options === "function") callback = options;
    else if (handle !== undefined && handle !== null) throw new codes.ERR_INVALID_HANDLE_TYPE!();
    const fail = (error: unknown): void => {
      if (callback !== undefined) process.nextTick(callback as never, error as never);
      else process.nextTick(() => target.emit("error", error));
    };
    if (message === undefined) throw new codes.ERR_MISSING_ARGS!("message");
    if (!["string", "object", "number", "boolean"].includes(typeof message)) {
      throw new codes.ERR_INVALID_ARG_TYPE!("message", ["string", "object", "number", "boolean"], message);
    }
    if (!open) {
      fail(new codes.ERR_IPC_CHANNEL_CLOSED!());
      return false;
    }
    writes.push({
      bytes: new TextEncoder().encode(`${JSON.stringify(message)}\n`),
      done(error) {
        if (error) fail(error);
        else if (callback !== undefined) process.nextTick(callback as never, null as never);
      },
    });
    flush();
    return true;
  };
  target.disconnect = (): void => {
    if (!open) {
      target.emit("error", new codes.ERR_IPC_DISCONNECTED!());
      return;
    }
    close();
  };
  native.pipeRead(pipe, true);
}

/** Makes a process that was forked reach its parent. Waits for messages only while somebody listens. */
export function attachToParent(target: any, fd: number): void {
  attachChannel(target, fd, () => {});
  const { channel } = target;
  channel.unref();
  const waits = (event: unknown): boolean => event === "message" || event === "disconnect";
  target.on("newListener", (event: unknown) => {
    if (waits(event)) channel.ref();
  });
  target.on("removeListener", (event: unknown) => {
    if (waits(event) && target.listenerCount("message") + target.listenerCount("disconnect") === 0) channel.unref();
  });
}
