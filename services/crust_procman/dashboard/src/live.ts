// The connection over which everything comes. It comes back by itself, slower each time.

import type { Message } from "./types.ts";

export class Live {
  private socket: WebSocket | undefined;
  private wait = 500;
  private log: number | null = null;
  private readonly take: (message: Message) => void;
  private readonly state: (connected: boolean) => void;

  constructor(take: (message: Message) => void, state: (connected: boolean) => void) {
    this.take = take;
    this.state = state;
    this.connect();
  }

  /** From now on the output of this process is sent as it comes. */
  follow(id: number | null): void {
    this.log = id;
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify({ log: id }));
  }

  private connect(): void {
    const url = new URL("v1/live", location.href);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    url.search = "";
    const socket = new WebSocket(url);
    this.socket = socket;
    socket.onopen = () => {
      this.wait = 500;
      this.state(true);
      if (this.log !== null) this.follow(this.log);
    };
    socket.onmessage = (event) => this.take(JSON.parse(String(event.data)) as Message);
    socket.onclose = () => {
      this.state(false);
      setTimeout(() => this.connect(), this.wait);
      this.wait = Math.min(this.wait * 2, 10_000);
    };
  }
}
