// Everything of `node:stream` on one function: the base class of all streams.

import { addAbortSignal } from "crust:node/internal/streams/add_abort_signal";
import { destroyer } from "crust:node/internal/streams/destroy";
import { Duplex, duplexPair, PassThrough, Transform } from "crust:node/internal/streams/duplex";
import { eos as finished, finished as finishedPromise } from "crust:node/internal/streams/end_of_stream";
import { getDefaultHighWaterMark, setDefaultHighWaterMark } from "crust:node/internal/streams/high_water_mark";
import { isDestroyed, isDisturbed, isErrored, isReadable, isWritable } from "crust:node/internal/streams/inspect_state";
import { Stream as BaseStream } from "crust:node/internal/streams/legacy";
import { pipeline, pipelinePromise } from "crust:node/internal/streams/pipeline";
import { Readable } from "crust:node/internal/streams/readable";
import { Writable } from "crust:node/internal/streams/writable";
import { kCustomPromisify } from "crust:node/internal/promisify";
import types from "crust:node/util/types";

const Stream: any = BaseStream;

function compose(...streams: any[]): any {
  return require("crust:node/internal/streams/compose").compose(...streams);
}

const promises = { finished: finishedPromise, pipeline: pipelinePromise };
const destroy = destroyer;
const _isArrayBufferView = ArrayBuffer.isView;
const _isUint8Array = types.isUint8Array;
function _uint8ArrayToBuffer(chunk: Uint8Array): any {
  return require("node:buffer").Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
}

Object.assign(Stream, {
  isDestroyed, isDisturbed, isErrored, isReadable, isWritable, Readable, Writable, Duplex, Transform, PassThrough, duplexPair, pipeline,
  addAbortSignal, finished, destroy, compose, setDefaultHighWaterMark, getDefaultHighWaterMark,
});
Object.defineProperty(Stream, "promises", { value: promises, enumerable: true, configurable: true });
Object.defineProperty(pipeline, kCustomPromisify, { get: () => promises.pipeline, enumerable: true });
Object.defineProperty(finished, kCustomPromisify, { get: () => promises.finished, enumerable: true });
Object.assign(Stream, { Stream, _isArrayBufferView, _isUint8Array, _uint8ArrayToBuffer });

export default Stream;
