// WebAssembly.compileStreaming and instantiateStreaming (WebAssembly Web API). The engine compiles; this module only
// checks and reads the Response.

import { isResponse } from "crust:web/response";
import { codedTypeError, describe } from "crust:web/webidl";

interface WebAssemblyNamespace {
  compile(bytes: Uint8Array): Promise<object>;
  instantiate(bytes: Uint8Array, imports?: object): Promise<object>;
}

function engine(): WebAssemblyNamespace {
  return (globalThis as unknown as { WebAssembly: WebAssemblyNamespace }).WebAssembly;
}

async function bytesOfSource(source: unknown): Promise<Uint8Array> {
  const response = await source;
  if (!isResponse(response)) {
    throw codedTypeError("ERR_INVALID_ARG_TYPE", `The "source" argument must be an instance of Response or an Promise resolving to Response. Received ${describe(response)}`);
  }
  const type = response.headers.get("content-type");
  if (type?.trim().toLowerCase() !== "application/wasm") {
    throw codedTypeError("ERR_WEBASSEMBLY_RESPONSE", `WebAssembly response has unsupported MIME type '${type ?? ""}'`);
  }
  if (!response.ok) {
    throw codedTypeError("ERR_WEBASSEMBLY_RESPONSE", `WebAssembly response has status code ${response.status}`);
  }
  if (response.bodyUsed) {
    throw codedTypeError("ERR_WEBASSEMBLY_RESPONSE", "WebAssembly response body has already been used");
  }
  return response.bytes();
}

export async function compileStreaming(source: unknown): Promise<object> {
  return engine().compile(await bytesOfSource(source));
}

export async function instantiateStreaming(source: unknown, imports?: object): Promise<object> {
  return engine().instantiate(await bytesOfSource(source), imports);
}
