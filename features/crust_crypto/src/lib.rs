//! The Web Cryptography API. Keys live here, outside the collector's heap, and JS holds their numbers;
//! what a key may be used for is checked in JS (`js/`). No algorithm is written here: AWS-LC has them.
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        reason = "tests may fail loudly"
    )
)]

mod ciphers;
mod digests;
mod ec;
mod evp;
mod export;
mod import;
mod keys;
mod okp;
mod random;
mod rsa;
mod work;

use crust_core::{Feature, Global, Op};

/// The natives by family.
const OPS: &[&[Op]] = &[
    ciphers::OPS,
    digests::OPS,
    ec::OPS,
    export::OPS,
    import::OPS,
    keys::OPS,
    okp::OPS,
    random::OPS,
    rsa::OPS,
];

/// What this folder brings.
pub const FEATURE: Feature = Feature {
    name: "crypto",
    ops: OPS,
    builtins: &[],
    globals: GLOBALS,
};

/// A module is loaded when its first global is read.
const GLOBALS: &[Global] = &[
    Global::enumerable("crypto", "crust:crypto/crypto", "crypto"),
    Global::new("Crypto", "crust:crypto/crypto", "Crypto"),
    Global::new("CryptoKey", "crust:crypto/crypto_key", "CryptoKey"),
    Global::new("SubtleCrypto", "crust:crypto/subtle", "SubtleCrypto"),
];
