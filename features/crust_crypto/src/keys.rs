//! The table of keys. JS holds numbers; a key goes when the last JS object that shares its number is collected,
//! and its secret bytes are wiped then. It does not know what a key may be used for.

use crate::ec::keep_public as ec_public;
use crate::evp::{EcKey, Hash, RsaKey};
use crate::okp::OkpKey;
use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use crust_core::{Call, Op, OpError, OpResult};
use slab::Slab;
use std::cell::RefCell;
use std::sync::Arc;
use zeroize::Zeroizing;

/// The natives of this family.
pub(crate) const OPS: &[Op] = &[
    Op::new("keyClose", key_close),
    Op::new("keyPublic", key_public),
    Op::new("secretImport", secret_import),
    Op::new("secretGenerate", secret_generate),
    Op::new("secretExport", secret_export),
];

/// The longest secret that is generated: far above any block size, far below what would hurt.
const LONGEST_SECRET: usize = 1 << 24;

/// What the collector is told that a key weighs, so that it runs before keys nobody holds fill the memory.
const KEY_WEIGHT: usize = 2048;

thread_local! {
    static KEYS: RefCell<Slab<Arc<Key>>> = const { RefCell::new(Slab::new()) };
}

/// A key.
pub(crate) enum Key {
    Secret(Zeroizing<Vec<u8>>),
    Rsa(RsaKey),
    Ec(EcKey),
    Okp(OkpKey),
}

impl Key {
    /// The bytes of a secret key.
    pub(crate) fn secret(&self) -> Result<&[u8], OpError> {
        match self {
            Self::Secret(bytes) => Ok(bytes),
            _ => Err(wrong_kind()),
        }
    }

    /// An RSA key.
    pub(crate) fn rsa(&self) -> Result<&RsaKey, OpError> {
        match self {
            Self::Rsa(key) => Ok(key),
            _ => Err(wrong_kind()),
        }
    }

    /// A key on a NIST curve.
    pub(crate) fn ec(&self) -> Result<&EcKey, OpError> {
        match self {
            Self::Ec(key) => Ok(key),
            _ => Err(wrong_kind()),
        }
    }

    /// A key on Curve25519.
    pub(crate) fn okp(&self) -> Result<&OkpKey, OpError> {
        match self {
            Self::Okp(key) => Ok(key),
            _ => Err(wrong_kind()),
        }
    }
}

fn wrong_kind() -> OpError {
    OpError::type_error("the key is of another kind")
}

/// Puts a key in the table.
pub(crate) fn insert(key: Key) -> usize {
    KEYS.with_borrow_mut(|keys| keys.insert(Arc::new(key)))
}

/// The number of a new key as JS sees it; `null` when there is none.
pub(crate) fn answer<'s>(cx: &Call<'s>, key: Option<Key>) -> OpResult<'s> {
    let Some(key) = key else {
        return Ok(cx.null());
    };
    cx.scope().report_external_memory(KEY_WEIGHT);
    Ok(cx.make_number(as_number(insert(key))))
}

/// A number of the table as a number of JS.
pub(crate) fn as_number(index: usize) -> f64 {
    f64::from(u32::try_from(index).unwrap_or(u32::MAX))
}

/// The key that an argument names.
pub(crate) fn find(cx: &Call<'_>, index: usize) -> Result<Arc<Key>, OpError> {
    let unknown = || OpError::type_error("there is no such key");
    let number = cx.integer::<usize>(index).map_err(|_| unknown())?;
    KEYS.with_borrow(|keys| keys.get(number).cloned())
        .ok_or_else(unknown)
}

/// The hash function that an argument numbers.
pub(crate) fn hash(cx: &Call<'_>, index: usize) -> Result<Hash, OpError> {
    cx.integer::<u32>(index)
        .ok()
        .and_then(Hash::from_index)
        .ok_or_else(|| OpError::type_error("unknown hash function"))
}

/// `keyClose(key)`.
fn key_close<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let number = cx.integer::<usize>(0)?;
    KEYS.with_borrow_mut(|keys| keys.try_remove(number));
    Ok(cx.undefined())
}

/// `keyPublic(privateKey)`: the number of its public key.
fn key_public<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let key = find(cx, 0)?;
    let public = match &*key {
        Key::Secret(_) => return Err(wrong_kind().into()),
        Key::Rsa(key) => key
            .to_public_der()
            .and_then(|der| RsaKey::from_public_der(&der))
            .map(Key::Rsa),
        Key::Ec(key) => ec_public(key),
        Key::Okp(key) => Some(Key::Okp(key.to_public())),
    };
    answer(cx, public)
}

/// `secretImport(bytes)`: a key with a copy of them.
fn secret_import<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let bytes = Zeroizing::new(cx.bytes(0)?.to_vec());
    answer(cx, Some(Key::Secret(bytes)))
}

/// `secretGenerate(length)`: a key of random bytes.
fn secret_generate<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let length = cx.integer::<usize>(0)?;
    if length > LONGEST_SECRET {
        return Ok(cx.null());
    }
    let mut bytes = Zeroizing::new(vec![0; length]);
    let is_filled = SystemRandom::new().fill(&mut bytes).is_ok();
    answer(cx, is_filled.then_some(Key::Secret(bytes)))
}

/// `secretExport(key)`: a copy of its bytes.
fn secret_export<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let bytes = find(cx, 0)?.secret()?.to_vec();
    cx.make_bytes(bytes)
}
