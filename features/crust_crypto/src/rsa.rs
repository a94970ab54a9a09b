//! Natives of RSA. What needs the private key takes a millisecond and more, so it runs in the background.

use crate::evp::{RsaKey, SignaturePadding};
use crate::keys::{self, Key, find, hash};
use crate::work::{self, LARGE};
use crust_core::{Call, Op, OpError, OpResult};

/// The natives of this family.
pub(crate) const OPS: &[Op] = &[
    Op::new("rsaGenerate", rsa_generate),
    Op::new("rsaInfo", rsa_info),
    Op::new("rsaSign", rsa_sign),
    Op::new("rsaVerify", rsa_verify),
    Op::new("rsaOaep", rsa_oaep),
];

/// `rsaGenerate(bits, exponent)`: a promise of a private key or `null`.
fn rsa_generate<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let bits = cx.integer::<u32>(0)?;
    let exponent = cx.bytes(1)?.to_vec();
    cx.spawn_blocking(
        move || Ok(RsaKey::generate(bits, &exponent)),
        |scope, key| {
            Ok(match key {
                Some(key) => scope.number(keys::as_number(keys::insert(Key::Rsa(key)))),
                None => scope.null(),
            })
        },
    )
}

/// `rsaInfo(key)`: `[bits, exponent]`.
fn rsa_info<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let key = find(cx, 0)?;
    let key = key.rsa()?;
    let bits = cx.make_number(f64::from(key.bits()));
    let exponent = cx.make_bytes(key.exponent())?;
    Ok(cx.scope().array(&[bits, exponent])?)
}

/// The length of a salt, or -1 for PKCS #1 v1.5.
fn padding(cx: &Call<'_>, index: usize) -> Result<SignaturePadding, OpError> {
    let too_long = || OpError::range_error("the salt is too long");
    Ok(match cx.integer::<i32>(index).map_err(|_| too_long())? {
        -1 => SignaturePadding::Pkcs1,
        salt if salt >= 0 => SignaturePadding::Pss(salt),
        _ => return Err(too_long()),
    })
}

/// `rsaSign(key, hash, salt, data)`.
fn rsa_sign<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let (key, hash, padding) = (find(cx, 0)?, hash(cx, 1)?, padding(cx, 2)?);
    let data = cx.bytes(3)?.to_vec();
    key.rsa()?;
    work::run(cx, true, move || key.rsa().ok()?.sign(padding, hash, &data))
}

/// `rsaVerify(key, hash, salt, signature, data)`.
fn rsa_verify<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let (key, hash, padding) = (find(cx, 0)?, hash(cx, 1)?, padding(cx, 2)?);
    let (signature, data) = (cx.bytes(3)?.to_vec(), cx.bytes(4)?.to_vec());
    key.rsa()?;
    work::check(cx, data.len() > LARGE, move || {
        key.rsa()
            .is_ok_and(|key| key.verify(padding, hash, &signature, &data))
    })
}

/// `rsaOaep(isEncryption, key, hash, label, data)`.
fn rsa_oaep<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let encrypt = cx.boolean(0);
    let (key, hash) = (find(cx, 1)?, hash(cx, 2)?);
    let (label, data) = (cx.bytes(3)?.to_vec(), cx.bytes(4)?.to_vec());
    key.rsa()?;
    let slow = !encrypt || label.len() > LARGE;
    work::run(cx, slow, move || {
        let key = key.rsa().ok()?;
        if encrypt {
            key.encrypt(hash, &label, &data)
        } else {
            key.decrypt(hash, &label, &data)
        }
    })
}
