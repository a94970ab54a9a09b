//! Natives of digests, HMAC and the derivations made of it.

use crate::evp::{hkdf, hmac, pbkdf2};
use crate::keys::{find, hash};
use crate::work::{self, LARGE};
use aws_lc_rs::constant_time::verify_slices_are_equal;
use crust_core::{Call, Op, OpResult};

/// The natives of this family.
pub(crate) const OPS: &[Op] = &[
    Op::new("digest", digest),
    Op::new("hmacSign", hmac_sign),
    Op::new("isEqual", is_equal),
    Op::new("hkdfDerive", hkdf_derive),
    Op::new("pbkdf2Derive", pbkdf2_derive),
];

/// The longest output of one derivation: far above any key, far below what would hurt.
const LONGEST_DERIVED: usize = 1 << 26;

/// `digest(hash, data)`.
fn digest<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let hash = hash(cx, 0)?;
    let data = cx.bytes(1)?;
    if data.len() <= LARGE {
        let digest = hash.digest(data);
        return cx.make_bytes(digest);
    }
    let data = data.to_vec();
    work::run(cx, true, move || Some(hash.digest(&data)))
}

/// `hmacSign(hash, key, data)`.
fn hmac_sign<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let (hash, key) = (hash(cx, 0)?, find(cx, 1)?);
    let data = cx.bytes(2)?;
    if data.len() <= LARGE {
        return match hmac(hash, key.secret()?, data) {
            Some(code) => cx.make_bytes(code),
            None => Ok(cx.null()),
        };
    }
    let data = data.to_vec();
    key.secret()?;
    work::run(cx, true, move || hmac(hash, key.secret().ok()?, &data))
}

/// `isEqual(left, right)`: compares in constant time.
fn is_equal<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let equal = verify_slices_are_equal(cx.bytes(0)?, cx.bytes(1)?).is_ok();
    Ok(cx.make_bool(equal))
}

/// `hkdfDerive(hash, key, salt, info, length)`.
fn hkdf_derive<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let (hash, key) = (hash(cx, 0)?, find(cx, 1)?);
    let length = cx.integer::<usize>(4)?;
    let output = hkdf(hash, key.secret()?, cx.bytes(2)?, cx.bytes(3)?, length);
    match output {
        Some(bytes) => cx.make_bytes(bytes),
        None => Ok(cx.null()),
    }
}

/// `pbkdf2Derive(hash, key, salt, iterations, length)`: slow on purpose, so always a promise.
fn pbkdf2_derive<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let (hash, key) = (hash(cx, 0)?, find(cx, 1)?);
    let salt = cx.bytes(2)?.to_vec();
    let iterations = cx.integer::<u32>(3)?;
    let length = cx.integer::<usize>(4)?;
    if length > LONGEST_DERIVED {
        return Ok(cx.null());
    }
    key.secret()?;
    work::run(cx, true, move || {
        pbkdf2(hash, key.secret().ok()?, &salt, iterations, length)
    })
}
