// Makes a TCP connection to the first address that answers: while one is slow, the next is tried beside it
// (RFC 8305). Never reads or writes.

import * as native from "crust:ops/net";
import { own, release } from "crust:net/handles";
import type { SocketEvents } from "crust:net/handles";

/** Milliseconds that an address has before the next is tried too (RFC 8305 §8). */
const ATTEMPT_DELAY = 250;

interface Result {
  /** The connection's number, owned by nobody. */
  connected(id: number): void;
  /** No address answered: the error number of the first. */
  failed(errno: number): void;
}

/** Turns `[v6, v6, v4]` into `[v6, v4, v6]` (RFC 8305 §4): a family that does not work delays only once. */
export function interleave(addresses: string[]): string[] {
  const isV6 = (address: string): boolean => address.includes(":");
  const first = addresses.filter((one) => isV6(one) === isV6(addresses[0]!));
  const second = addresses.filter((one) => isV6(one) !== isV6(addresses[0]!));
  const mixed: string[] = [];
  for (let index = 0; index < Math.max(first.length, second.length); index++) {
    if (index < first.length) mixed.push(first[index]!);
    if (index < second.length) mixed.push(second[index]!);
  }
  return mixed;
}

class Dial {
  #addresses: string[];
  #port: number;
  #result: Result;
  #attempts = new Set<number>();
  #firstError = 0;
  #timer: any;

  constructor(addresses: string[], port: number, result: Result) {
    this.#addresses = interleave(addresses);
    this.#port = port;
    this.#result = result;
    this.#next();
  }

  #next(): void {
    clearTimeout(this.#timer);
    for (;;) {
      const address = this.#addresses.shift();
      if (address === undefined) {
        if (this.#attempts.size === 0) this.#result.failed(this.#firstError);
        return;
      }
      try {
        this.#attempt(native.connectTcp(address, this.#port, null, 0));
        break;
      } catch (error: any) {
        this.#firstError ||= error.errno ?? -22;
      }
    }
    if (this.#addresses.length > 0) this.#timer = setTimeout(() => this.#next(), ATTEMPT_DELAY);
  }

  #attempt(id: number): void {
    this.#attempts.add(id);
    own(id, { dial: this, id }, attemptEvents);
  }

  /** An attempt is decided. */
  decided(id: number, errno: number | undefined): void {
    if (errno === undefined) {
      this.#won(id);
      return;
    }
    this.#firstError ||= errno;
    this.#attempts.delete(id);
    release(id, false);
    this.#next();
  }

  #won(id: number): void {
    clearTimeout(this.#timer);
    this.#attempts.delete(id);
    for (const other of this.#attempts) release(other, false);
    this.#result.connected(id);
  }
}

const attemptEvents: SocketEvents = {
  connected: (attempt: { dial: Dial; id: number }, errno) => attempt.dial.decided(attempt.id, errno),
};

export function dial(addresses: string[], port: number, result: Result): void {
  new Dial(addresses, port, result);
}
