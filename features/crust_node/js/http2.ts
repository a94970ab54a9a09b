// `node:http2`: its constants. Sessions do not exist here yet and refuse.

import * as tables from "crust:node/internal/http2_constants";
import { refusedClasses, refusedFunctions } from "crust:node/internal/refuse";

export const { constants } = tables;
export const sensitiveHeaders = Symbol("sensitiveHeaders");

export function getDefaultSettings(): object {
  return Object.assign(Object.create(null), {
    headerTableSize: 4096, enablePush: true, initialWindowSize: 65535, maxFrameSize: 16384, maxConcurrentStreams: 4294967295, maxHeaderSize: 65535,
    maxHeaderListSize: 65535, enableConnectProtocol: false,
  });
}

export const { connect, createServer, createSecureServer, getPackedSettings, getUnpackedSettings, performServerHandshake } = refusedFunctions(
  "http2", "connect", "createServer", "createSecureServer", "getPackedSettings", "getUnpackedSettings", "performServerHandshake",
);
export const { Http2ServerRequest, Http2ServerResponse } = refusedClasses("http2", "Http2ServerRequest", "Http2ServerResponse");

export default {
  connect, constants, createServer, createSecureServer, getDefaultSettings, getPackedSettings, getUnpackedSettings, performServerHandshake,
  sensitiveHeaders, Http2ServerRequest, Http2ServerResponse,
};
