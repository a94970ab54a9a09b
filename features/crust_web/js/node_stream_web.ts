// What node:stream/web exports: the global stream classes.

import { ReadableStream } from "crust:web/streams/readable";
import { ReadableStreamBYOBReader, ReadableStreamDefaultReader } from "crust:web/streams/readers";
import { ReadableStreamDefaultController } from "crust:web/streams/default_controller";
import { ReadableByteStreamController, ReadableStreamBYOBRequest } from "crust:web/streams/byte_controller_classes";
import { WritableStream, WritableStreamDefaultController, WritableStreamDefaultWriter } from "crust:web/streams/writable";
import { TransformStream, TransformStreamDefaultController } from "crust:web/streams/transform";
import { ByteLengthQueuingStrategy, CountQueuingStrategy } from "crust:web/streams/strategy";
import { TextDecoderStream, TextEncoderStream } from "crust:web/text_streams";
import { CompressionStream, DecompressionStream } from "crust:web/compression_streams";

const all = {
  ByteLengthQueuingStrategy,
  CompressionStream,
  CountQueuingStrategy,
  DecompressionStream,
  ReadableByteStreamController,
  ReadableStream,
  ReadableStreamBYOBReader,
  ReadableStreamBYOBRequest,
  ReadableStreamDefaultController,
  ReadableStreamDefaultReader,
  TextDecoderStream,
  TextEncoderStream,
  TransformStream,
  TransformStreamDefaultController,
  WritableStream,
  WritableStreamDefaultController,
  WritableStreamDefaultWriter,
};

export default all;
export {
  ByteLengthQueuingStrategy,
  CompressionStream,
  CountQueuingStrategy,
  DecompressionStream,
  ReadableByteStreamController,
  ReadableStream,
  ReadableStreamBYOBReader,
  ReadableStreamBYOBRequest,
  ReadableStreamDefaultController,
  ReadableStreamDefaultReader,
  TextDecoderStream,
  TextEncoderStream,
  TransformStream,
  TransformStreamDefaultController,
  WritableStream,
  WritableStreamDefaultController,
  WritableStreamDefaultWriter,
};
