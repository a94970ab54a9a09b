console.log(typeof SharedArrayBuffer, typeof Symbol.dispose, typeof Symbol.asyncDispose, typeof DisposableStack, typeof SuppressedError);
const words = new Int32Array(new SharedArrayBuffer(8)); console.log(Atomics.add(words, 0, 5), Atomics.load(words, 0));
