//! Natives of AES and ChaCha20-Poly1305. Lengths that the standard does not allow are refused in JS, with the error it names.

use crate::evp::{Direction, cbc, ctr, gcm, key_wrap};
use crate::keys::find;
use crate::work::{self, LARGE};
use aws_lc_rs::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, Nonce, UnboundKey};
use crust_core::{Call, Op, OpResult};

/// The natives of this family.
pub(crate) const OPS: &[Op] = &[
    Op::new("aesGcm", aes_gcm),
    Op::new("aesCbc", aes_cbc),
    Op::new("aesCtr", aes_ctr),
    Op::new("aesKw", aes_kw),
    Op::new("chacha20Poly1305", chacha20_poly1305),
];

fn direction(cx: &Call<'_>) -> Direction {
    if cx.boolean(0) {
        Direction::Encrypt
    } else {
        Direction::Decrypt
    }
}

/// `aesGcm(isEncryption, key, nonce, additionalData, tagLength, data)`, the tag's length in bytes.
fn aes_gcm<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let (direction, key) = (direction(cx), find(cx, 1)?);
    let (nonce, additional) = (cx.bytes(2)?.to_vec(), cx.bytes(3)?.to_vec());
    let tag_size = cx.integer::<usize>(4)?.min(16);
    let data = cx.bytes(5)?.to_vec();
    key.secret()?;
    let slow = data.len() + additional.len() > LARGE;
    work::run(cx, slow, move || {
        gcm(
            direction,
            key.secret().ok()?,
            &nonce,
            &additional,
            tag_size,
            &data,
        )
    })
}

/// `aesCbc(isEncryption, key, iv, data)`.
fn aes_cbc<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let (direction, key) = (direction(cx), find(cx, 1)?);
    let (iv, data) = (cx.bytes(2)?.to_vec(), cx.bytes(3)?.to_vec());
    key.secret()?;
    work::run(cx, data.len() > LARGE, move || {
        cbc(direction, key.secret().ok()?, &iv, &data)
    })
}

/// `aesCtr(key, counter, length, data)`, the counter's length in bits.
fn aes_ctr<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let key = find(cx, 0)?;
    let (counter, data) = (cx.bytes(1)?.to_vec(), cx.bytes(3)?.to_vec());
    let bits = cx.integer::<u32>(2)?;
    key.secret()?;
    work::run(cx, data.len() > LARGE, move || {
        ctr(key.secret().ok()?, &counter, bits, &data)
    })
}

/// `aesKw(isEncryption, key, data)`.
fn aes_kw<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let (direction, key) = (direction(cx), find(cx, 1)?);
    let data = cx.bytes(2)?.to_vec();
    key.secret()?;
    work::run(cx, data.len() > LARGE, move || {
        key_wrap(direction, key.secret().ok()?, &data)
    })
}

/// `chacha20Poly1305(isEncryption, key, nonce, additionalData, data)`.
fn chacha20_poly1305<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let (direction, key) = (direction(cx), find(cx, 1)?);
    let (nonce, additional) = (cx.bytes(2)?.to_vec(), cx.bytes(3)?.to_vec());
    let data = cx.bytes(4)?.to_vec();
    key.secret()?;
    let slow = data.len() + additional.len() > LARGE;
    work::run(cx, slow, move || {
        chacha(direction, key.secret().ok()?, &nonce, &additional, data)
    })
}

/// RFC 8439 §2.8.
fn chacha(
    direction: Direction,
    key: &[u8],
    nonce: &[u8],
    additional: &[u8],
    mut data: Vec<u8>,
) -> Option<Vec<u8>> {
    let key = LessSafeKey::new(UnboundKey::new(&CHACHA20_POLY1305, key).ok()?);
    let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
    let additional = Aad::from(additional);
    match direction {
        Direction::Encrypt => key
            .seal_in_place_append_tag(nonce, additional, &mut data)
            .ok()?,
        Direction::Decrypt => {
            let length = key.open_in_place(nonce, additional, &mut data).ok()?.len();
            data.truncate(length);
        }
    }
    Some(data)
}
