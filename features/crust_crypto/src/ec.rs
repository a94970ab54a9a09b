//! Natives of ECDSA and ECDH on the NIST curves.

use crate::evp::{Curve, EcKey};
use crate::keys::{Key, answer, find, hash};
use crate::work::{self, LARGE};
use crust_core::{Call, Op, OpError, OpResult};

/// The natives of this family.
pub(crate) const OPS: &[Op] = &[
    Op::new("ecGenerate", ec_generate),
    Op::new("ecdsaSign", ecdsa_sign),
    Op::new("ecdsaVerify", ecdsa_verify),
    Op::new("ecdhDerive", ecdh_derive),
];

/// The curve that an argument numbers.
pub(crate) fn curve(cx: &Call<'_>, index: usize) -> Result<Curve, OpError> {
    cx.integer::<u32>(index)
        .ok()
        .and_then(Curve::from_index)
        .ok_or_else(|| OpError::type_error("unknown curve"))
}

/// The public key of a private one.
pub(crate) fn keep_public(key: &EcKey) -> Option<Key> {
    EcKey::from_point(key.curve(), &key.point()?).map(Key::Ec)
}

/// `ecGenerate(curve)`: a private key.
fn ec_generate<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let curve = curve(cx, 0)?;
    answer(cx, EcKey::generate(curve).map(Key::Ec))
}

/// `ecdsaSign(key, hash, data)`.
fn ecdsa_sign<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let (key, hash) = (find(cx, 0)?, hash(cx, 1)?);
    let data = cx.bytes(2)?.to_vec();
    key.ec()?;
    work::run(cx, data.len() > LARGE, move || {
        key.ec().ok()?.sign(hash, &data)
    })
}

/// `ecdsaVerify(key, hash, signature, data)`.
fn ecdsa_verify<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let (key, hash) = (find(cx, 0)?, hash(cx, 1)?);
    let (signature, data) = (cx.bytes(2)?.to_vec(), cx.bytes(3)?.to_vec());
    key.ec()?;
    work::check(cx, data.len() > LARGE, move || {
        key.ec()
            .is_ok_and(|key| key.verify(hash, &signature, &data))
    })
}

/// `ecdhDerive(privateKey, publicKey)`.
fn ecdh_derive<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let (private, public) = (find(cx, 0)?, find(cx, 1)?);
    let secret = private.ec()?.agree(public.ec()?);
    match secret {
        Some(secret) => cx.make_bytes(secret),
        None => Ok(cx.null()),
    }
}
