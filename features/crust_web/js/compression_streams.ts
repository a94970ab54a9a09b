// CompressionStream and DecompressionStream. They are not available yet and say so when they are made.

import { defineInterface } from "crust:web/webidl";

function notImplemented(name: string): Error {
  const error = new Error(`${name} is not implemented`) as Error & { code: string };
  error.code = "ERR_METHOD_NOT_IMPLEMENTED";
  return error;
}

export class CompressionStream {
  constructor(_format: string) {
    throw notImplemented("CompressionStream");
  }
}
defineInterface(CompressionStream, "CompressionStream");

export class DecompressionStream {
  constructor(_format: string) {
    throw notImplemented("DecompressionStream");
  }
}
defineInterface(DecompressionStream, "DecompressionStream");
