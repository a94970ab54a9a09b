// A WebSocket client without a WebSocket: bytes out, frames in. For what a real client never says. Checks nothing itself.

export interface Frame {
  opcode: number;
  rsv1: boolean;
  payload: Buffer;
}

const MASK = [1, 2, 3, 4];

/** One frame of a client. `first` is its first byte; `claim` a length to say in place of the true one. */
export function frame(first: number, payload: string | Uint8Array = "", { masked = true, claim = -1 } = {}): Buffer {
  const bytes = Buffer.from(payload as string);
  const length = claim < 0 ? bytes.length : claim;
  const bit = masked ? 0x80 : 0;
  const head: number[] = [first];
  if (length < 126) head.push(bit | length);
  else if (length < 65536) head.push(bit | 126, length >> 8, length & 255);
  else {
    const wide = Buffer.alloc(8);
    wide.writeBigUInt64BE(BigInt(length));
    head.push(bit | 127, ...wide);
  }
  if (!masked) return Buffer.concat([Buffer.from(head), bytes]);
  for (let index = 0; index < bytes.length; index++) bytes[index]! ^= MASK[index & 3]!;
  return Buffer.concat([Buffer.from(head), Buffer.from(MASK), bytes]);
}

export class RawClient {
  /** The lines of the server's answer. */
  head = "";
  readonly frames: Frame[] = [];
  readonly closed: Promise<void>;
  #buffer = Buffer.alloc(0);
  #socket: any;
  #ended!: () => void;
  #wanted: (() => void)[] = [];

  private constructor() {
    this.closed = new Promise((resolve) => (this.#ended = resolve));
  }

  static async open(port: number, { extensions = "", bytes = [] as Uint8Array[], paused = false } = {}): Promise<RawClient> {
    const client = new RawClient();
    const offer = extensions === "" ? "" : `Sec-WebSocket-Extensions: ${extensions}\r\n`;
    const request = `GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n${offer}\r\n`;
    client.#socket = await Bun.connect({
      hostname: "127.0.0.1",
      port,
      socket: {
        open(socket) {
          if (paused) socket.pause();
          socket.write(Buffer.concat([Buffer.from(request), ...bytes]));
        },
        data: (_socket, data) => client.#take(data),
        close: () => client.#end(),
        error: () => client.#end(),
      },
    });
    return client;
  }

  write(bytes: Uint8Array): void {
    this.#socket.write(bytes);
  }

  resume(): void {
    this.#socket.resume();
  }

  end(): void {
    this.#socket.end();
  }

  /** The next frame that is `wanted`; undefined when the server closes first. */
  async next(wanted: (frame: Frame) => boolean): Promise<Frame | undefined> {
    let isOver = false;
    this.closed.then(() => (isOver = true));
    for (let index = 0; ; index++) {
      while (index >= this.frames.length) {
        if (isOver) return undefined;
        await new Promise<void>((resolve) => this.#wanted.push(resolve));
      }
      if (wanted(this.frames[index]!)) return this.frames[index];
    }
  }

  #take(data: Uint8Array): void {
    this.#buffer = Buffer.concat([this.#buffer, data]);
    if (this.head === "") {
      const end = this.#buffer.indexOf("\r\n\r\n");
      if (end < 0) return;
      this.head = this.#buffer.toString("latin1", 0, end);
      this.#buffer = this.#buffer.subarray(end + 4);
    }
    while (this.#frame());
    this.#wake();
  }

  #frame(): boolean {
    const bytes = this.#buffer;
    if (bytes.length < 2) return false;
    let length = bytes[1]! & 0x7f;
    let start = 2;
    if (length === 126 && bytes.length >= 4) [length, start] = [bytes.readUInt16BE(2), 4];
    else if (length === 127 && bytes.length >= 10) [length, start] = [Number(bytes.readBigUInt64BE(2)), 10];
    else if (length > 125) return false;
    if (bytes.length < start + length) return false;
    this.frames.push({ opcode: bytes[0]! & 15, rsv1: (bytes[0]! & 0x40) !== 0, payload: bytes.subarray(start, start + length) });
    this.#buffer = bytes.subarray(start + length);
    return true;
  }

  #end(): void {
    this.#ended();
    queueMicrotask(() => this.#wake());
  }

  #wake(): void {
    for (const resolve of this.#wanted.splice(0)) resolve();
  }
}
