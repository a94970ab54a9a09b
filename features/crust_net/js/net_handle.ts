// What stands in `socket._handle`: a connected native socket with its options. Never emits anything.

import * as native from "crust:ops/net";
import { release } from "crust:net/handles";
import { familyName } from "crust:net/ip";

export interface Address {
  address?: string;
  port?: number;
  family?: string;
}

export function describeAddress(found: any): Address {
  return Array.isArray(found) ? { address: found[0], family: familyName(found[2]), port: found[1] } : {};
}

export class Handle {
  /** The native's number; -1 after the end. */
  id: number;
  #referenced = true;

  constructor(id: number) {
    this.id = id;
  }
  get fd(): number {
    return this.id === -1 ? -1 : native.socketDescriptor(this.id);
  }
  ref(): void {
    this.#setReferenced(true);
  }
  unref(): void {
    this.#setReferenced(false);
  }
  hasRef(): boolean {
    return this.id !== -1 && this.#referenced;
  }
  #setReferenced(referenced: boolean): void {
    this.#referenced = referenced;
    if (this.id !== -1) native.socketRef(this.id, referenced);
  }
  close(reset = false): void {
    const id = this.id;
    if (id === -1) return;
    this.id = -1;
    release(id, reset);
  }
  /** Gives the native socket to another owner. */
  surrender(): number {
    const id = this.id;
    this.id = -1;
    return id;
  }
}
