// `_tls_common`: the contexts of `tls` by their old name.

import { SecureContext, createSecureContext } from "node:tls";
import { refusedFunctions } from "crust:node/internal/refuse";

export { SecureContext, createSecureContext };
export const { translatePeerCertificate } = refusedFunctions("_tls_common", "translatePeerCertificate");
export default { SecureContext, createSecureContext, translatePeerCertificate };
