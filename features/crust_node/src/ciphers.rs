//! Natives of `crypto.createCipheriv` over [`crate::cipher`].

use crate::cipher::{Algorithm, Cipher, CipherError};
use crust_core::{Call, Op, OpError, OpResult};
use slab::Slab;
use std::cell::RefCell;

/// The natives of this family.
pub(crate) const OPS: &[Op] = &[
    Op::new("cipherOpen", open),
    Op::new("cipherUpdate", update),
    Op::new("cipherFinal", finish),
    Op::new("cipherAuthenticate", authenticate),
    Op::new("cipherTag", tag),
    Op::new("cipherExpectTag", expect_tag),
    Op::new("cipherPadding", padding),
    Op::new("cipherClose", close),
];

thread_local! {
    // JS closes each when its object is collected.
    static OPEN: RefCell<Slab<Cipher>> = const { RefCell::new(Slab::new()) };
}

/// The error as OpenSSL words it, which is what programs look for.
fn thrown(error: CipherError) -> OpError {
    match error {
        CipherError::KeyLength => {
            OpError::range_error("Invalid key length").code("ERR_CRYPTO_INVALID_KEYLEN")
        }
        CipherError::Iv => {
            OpError::type_error("Invalid initialization vector").code("ERR_CRYPTO_INVALID_IV")
        }
        CipherError::BadDecrypt => OpError::error("error:1C800064:Provider routines::bad decrypt")
            .code("ERR_OSSL_BAD_DECRYPT"),
        CipherError::FinalBlockLength => {
            OpError::error("error:1C80006B:Provider routines::wrong final block length")
                .code("ERR_OSSL_WRONG_FINAL_BLOCK_LENGTH")
        }
        CipherError::Unauthenticated => {
            OpError::error("Unsupported state or unable to authenticate data")
        }
    }
}

fn with<T>(handle: usize, action: impl FnOnce(&mut Cipher) -> T) -> Result<T, OpError> {
    OPEN.with_borrow_mut(|open| open.get_mut(handle).map(action))
        .ok_or_else(|| OpError::error("the cipher is closed").code("ERR_CRYPTO_INVALID_STATE"))
}

/// `cipherOpen(name, key, iv, encrypts)`: a handle, or -1 for an unknown name.
#[expect(clippy::cast_precision_loss, reason = "handles are small")]
fn open<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let Some(algorithm) = Algorithm::named(&cx.string(0)?) else {
        return Ok(cx.make_number(-1.0));
    };
    let cipher =
        Cipher::new(algorithm, cx.bytes(1)?, cx.bytes(2)?, cx.boolean(3)).map_err(thrown)?;
    Ok(cx.make_number(OPEN.with_borrow_mut(|open| open.insert(cipher)) as f64))
}

/// `cipherUpdate(handle, bytes)`.
fn update<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let handle = cx.integer(0)?;
    let input = cx.bytes(1)?;
    let output = with(handle, |cipher| cipher.update(input))?;
    cx.make_bytes(output)
}

/// `cipherFinal(handle)`.
fn finish<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let output = with(cx.integer(0)?, Cipher::finish)?.map_err(thrown)?;
    cx.make_bytes(output)
}

/// `cipherAuthenticate(handle, bytes)`: whether the mode authenticates.
fn authenticate<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let handle = cx.integer(0)?;
    let bytes = cx.bytes(1)?;
    let done = with(handle, |cipher| cipher.authenticate(bytes))?;
    Ok(cx.make_bool(done))
}

/// `cipherTag(handle)`: the tag of a finished encryption, or null.
fn tag<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    match with(cx.integer(0)?, |cipher| cipher.tag().map(<[u8]>::to_vec))? {
        Some(tag) => cx.make_bytes(tag),
        None => Ok(cx.null()),
    }
}

/// `cipherExpectTag(handle, bytes)`: whether the cipher takes one.
fn expect_tag<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let handle = cx.integer(0)?;
    let bytes = cx.bytes(1)?;
    let done = with(handle, |cipher| cipher.expect_tag(bytes))?;
    Ok(cx.make_bool(done))
}

/// `cipherPadding(handle, on)`.
fn padding<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let on = cx.boolean(1);
    with(cx.integer(0)?, |cipher| cipher.set_padding(on))?;
    Ok(cx.undefined())
}

/// `cipherClose(handle)`.
fn close<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let handle = cx.integer::<usize>(0)?;
    OPEN.with_borrow_mut(|open| open.try_remove(handle));
    Ok(cx.undefined())
}
