//! Natives of `crust:web/crypto`: SHA-1 and SHA-2 digests, HMAC and PBKDF2 by libraries.
//! Keys are bytes here; what a key may be used for is checked in JS.

use crust_core::{Call, Op, OpError, OpResult};
use hmac::{Hmac, Mac};
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha384, Sha512};

/// The natives of this family.
pub(crate) const OPS: &[Op] = &[
    Op::new("cryptoDigest", crypto_digest),
    Op::new("cryptoHmac", crypto_hmac),
    Op::new("cryptoPbkdf2", crypto_pbkdf2),
];

/// The longest output of one derivation: far above any key, far below what would hurt.
const LONGEST_DERIVED: usize = 1 << 24;

/// The hash functions of the Web Cryptography API.
#[derive(Clone, Copy)]
enum Hash {
    Sha1,
    Sha256,
    Sha384,
    Sha512,
}

fn hash(cx: &Call<'_>, index: usize) -> Result<Hash, OpError> {
    let unknown = || OpError::type_error("unknown hash function");
    match cx.string(index).map_err(|_| unknown())?.as_str() {
        "SHA-1" => Ok(Hash::Sha1),
        "SHA-256" => Ok(Hash::Sha256),
        "SHA-384" => Ok(Hash::Sha384),
        "SHA-512" => Ok(Hash::Sha512),
        _ => Err(unknown()),
    }
}

/// `cryptoDigest(hash, bytes)`: a `Uint8Array`.
fn crypto_digest<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let hash = hash(cx, 0)?;
    let data = cx.bytes(1)?;
    let digest = match hash {
        Hash::Sha1 => Sha1::digest(data).to_vec(),
        Hash::Sha256 => Sha256::digest(data).to_vec(),
        Hash::Sha384 => Sha384::digest(data).to_vec(),
        Hash::Sha512 => Sha512::digest(data).to_vec(),
    };
    cx.make_bytes(digest)
}

/// `cryptoHmac(hash, key, data)`: a `Uint8Array`.
fn crypto_hmac<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let hash = hash(cx, 0)?;
    let code = hmac(hash, cx.bytes(1)?, cx.bytes(2)?)?;
    cx.make_bytes(code)
}

fn hmac(hash: Hash, key: &[u8], data: &[u8]) -> Result<Vec<u8>, OpError> {
    /// One arm for each hash: the types differ.
    macro_rules! mac {
        ($hash:ty) => {{
            let mut mac = Hmac::<$hash>::new_from_slice(key)
                .map_err(|error| OpError::error(error.to_string()))?;
            mac.update(data);
            mac.finalize().into_bytes().to_vec()
        }};
    }
    Ok(match hash {
        Hash::Sha1 => mac!(Sha1),
        Hash::Sha256 => mac!(Sha256),
        Hash::Sha384 => mac!(Sha384),
        Hash::Sha512 => mac!(Sha512),
    })
}

/// `cryptoPbkdf2(hash, password, salt, iterations, length)`: a promise of a `Uint8Array`; it runs on a
/// background thread, because it is slow on purpose.
fn crypto_pbkdf2<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let hash = hash(cx, 0)?;
    let (password, salt) = (cx.bytes(1)?.to_vec(), cx.bytes(2)?.to_vec());
    let iterations = cx.integer::<u32>(3)?;
    let length = cx.integer::<usize>(4)?;
    if length > LONGEST_DERIVED {
        return Err(OpError::range_error("too many bits to derive").into());
    }
    cx.spawn_blocking(
        move || Ok(derive(hash, &password, &salt, iterations, length)),
        |scope, bytes| Ok(scope.uint8_array(bytes)?),
    )
}

fn derive(hash: Hash, password: &[u8], salt: &[u8], iterations: u32, length: usize) -> Vec<u8> {
    let mut output = vec![0; length];
    match hash {
        Hash::Sha1 => pbkdf2::pbkdf2_hmac::<Sha1>(password, salt, iterations, &mut output),
        Hash::Sha256 => pbkdf2::pbkdf2_hmac::<Sha256>(password, salt, iterations, &mut output),
        Hash::Sha384 => pbkdf2::pbkdf2_hmac::<Sha384>(password, salt, iterations, &mut output),
        Hash::Sha512 => pbkdf2::pbkdf2_hmac::<Sha512>(password, salt, iterations, &mut output),
    }
    output
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fmt::Write;

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
    }

    #[test]
    fn known_answers() {
        // RFC 4231, test case 2.
        let code = hmac(Hash::Sha256, b"Jefe", b"what do ya want for nothing?").unwrap();
        assert_eq!(
            hex(&code),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
        // RFC 6070, test case 2.
        let derived = derive(Hash::Sha1, b"password", b"salt", 2, 20);
        assert_eq!(hex(&derived), "ea6c014dc72d6f8ccd1ed92ace1d41f0d8de8957");
    }
}
