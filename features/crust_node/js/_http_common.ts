// `_http_common`: checks, patterns and the parser that Node's HTTP uses inside and some packages take from there.

import { METHODS } from "crust:node/internal/http_constants";
import { chunkExpression, continueExpression, hasInvalidChar, isToken } from "crust:node/internal/http/checks";
import { HTTPParser } from "crust:node/internal/http/parser_object";
import { refusedFunctions } from "crust:node/internal/refuse";

export { chunkExpression, continueExpression, HTTPParser };
export const _checkIsHttpToken = isToken;
export const _checkInvalidHeaderChar = hasInvalidChar;
export const CRLF = "\r\n";
export const methods = METHODS;
export const { freeParser, isLenient, prepareError } = refusedFunctions("_http_common", "freeParser", "isLenient", "prepareError");

export default {
  _checkIsHttpToken, _checkInvalidHeaderChar, chunkExpression, continueExpression, CRLF, methods, HTTPParser, freeParser, isLenient, prepareError,
};
