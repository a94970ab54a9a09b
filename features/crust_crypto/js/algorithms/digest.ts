// The digests of the Web Cryptography API.

import { digest } from "crust:ops/crypto";
import { hashId } from "crust:crypto/native_formats";
import type { Algorithm } from "crust:crypto/normalize";

export const DIGEST = {
  digest: (parameters, data) => digest(hashId(parameters.name), data),
} satisfies Partial<Algorithm> as unknown as Algorithm;
