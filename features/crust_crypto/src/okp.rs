//! [`OkpKey`]: keys on Curve25519 ("octet key pairs" of RFC 8037), and the natives of Ed25519 and X25519.

use crate::keys::{Key, answer, find};
use crate::work::{self, LARGE};
use aws_lc_rs::agreement::{self, X25519};
use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use crust_core::{Call, Op, OpError, OpResult};
use zeroize::Zeroizing;

/// The natives of this family.
pub(crate) const OPS: &[Op] = &[
    Op::new("okpGenerate", okp_generate),
    Op::new("ed25519Sign", ed25519_sign),
    Op::new("ed25519Verify", ed25519_verify),
    Op::new("x25519Derive", x25519_derive),
];

/// The size of keys, points and scalars alike.
pub(crate) const SIZE: usize = 32;

/// The y coordinates, little-endian, of the points of small order and of their encodings beyond the prime: 0, 1,
/// p - 1, p, p + 1 and the two of order 8. Whoever has such a key or R can make signatures of anything.
const SMALL_ORDER: [[u8; SIZE]; 7] = [
    [
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
        0x00, 0x00,
    ],
    [
        0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
        0x00, 0x00,
    ],
    [
        0xec, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
        0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
        0xff, 0x7f,
    ],
    [
        0xed, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
        0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
        0xff, 0x7f,
    ],
    [
        0xee, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
        0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
        0xff, 0x7f,
    ],
    [
        0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67,
        0x0f, 0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac,
        0x03, 0x7a,
    ],
    [
        0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98,
        0xf0, 0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53,
        0xfc, 0x05,
    ],
];

fn has_small_order(point: &[u8]) -> bool {
    let Ok(mut y) = <[u8; SIZE]>::try_from(point) else {
        return false;
    };
    // The highest bit is the sign of x.
    if let Some(last) = y.last_mut() {
        *last &= 0x7f;
    }
    SMALL_ORDER.contains(&y)
}

/// What a key is for, numbered as in `js/algorithms/okp.ts`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OkpCurve {
    Ed25519,
    X25519,
}

/// A public or private key.
pub(crate) struct OkpKey {
    curve: OkpCurve,
    public: [u8; SIZE],
    private: Option<Private>,
}

struct Private {
    seed: Zeroizing<[u8; SIZE]>,
    /// Kept ready, because making it costs as much as a signature.
    signer: Option<Ed25519KeyPair>,
}

impl OkpKey {
    /// From 32 bytes; whether they are a point is found when they are used.
    pub(crate) fn from_public(curve: OkpCurve, bytes: &[u8]) -> Option<Self> {
        Some(Self {
            curve,
            public: bytes.try_into().ok()?,
            private: None,
        })
    }

    /// From the 32 bytes of RFC 8032's private key or RFC 7748's scalar.
    pub(crate) fn from_private(curve: OkpCurve, bytes: &[u8]) -> Option<Self> {
        let seed = Zeroizing::new(<[u8; SIZE]>::try_from(bytes).ok()?);
        let (public, signer) = match curve {
            OkpCurve::Ed25519 => {
                let pair = Ed25519KeyPair::from_seed_unchecked(&*seed).ok()?;
                (pair.public_key().as_ref().try_into().ok()?, Some(pair))
            }
            OkpCurve::X25519 => {
                let key = agreement::PrivateKey::from_private_key(&X25519, &*seed).ok()?;
                let public = key.compute_public_key().ok()?;
                (public.as_ref().try_into().ok()?, None)
            }
        };
        Some(Self {
            curve,
            public,
            private: Some(Private { seed, signer }),
        })
    }

    /// The public half.
    pub(crate) fn to_public(&self) -> Self {
        Self {
            curve: self.curve,
            public: self.public,
            private: None,
        }
    }

    /// What the key is for.
    pub(crate) fn curve(&self) -> OkpCurve {
        self.curve
    }

    /// The public key.
    pub(crate) fn public(&self) -> &[u8; SIZE] {
        &self.public
    }

    /// The private key; `None` for a public one.
    pub(crate) fn seed(&self) -> Option<&[u8; SIZE]> {
        Some(&self.private.as_ref()?.seed)
    }

    fn sign(&self, data: &[u8]) -> Option<Vec<u8>> {
        let signer = self.private.as_ref()?.signer.as_ref()?;
        Some(signer.try_sign(data).ok()?.as_ref().to_vec())
    }

    /// RFC 8032 §5.1.7 without cofactor. The Web Cryptography API refuses small orders besides.
    fn verify(&self, signature: &[u8], data: &[u8]) -> bool {
        if has_small_order(&self.public) || signature.get(..SIZE).is_some_and(has_small_order) {
            return false;
        }
        UnparsedPublicKey::new(&ED25519, &self.public)
            .verify(data, signature)
            .is_ok()
    }

    /// RFC 7748 §6.1; `None` when the secret is all zeros.
    fn agree(&self, public: &Self) -> Option<Vec<u8>> {
        let seed = self.seed()?;
        let key = agreement::PrivateKey::from_private_key(&X25519, seed).ok()?;
        let other = agreement::UnparsedPublicKey::new(&X25519, &public.public);
        agreement::agree(&key, other, (), |secret| Ok(secret.to_vec())).ok()
    }
}

/// The curve that an argument numbers.
pub(crate) fn okp_curve(cx: &Call<'_>, index: usize) -> Result<OkpCurve, OpError> {
    match cx.integer::<u32>(index) {
        Ok(0) => Ok(OkpCurve::Ed25519),
        Ok(1) => Ok(OkpCurve::X25519),
        _ => Err(OpError::type_error("unknown curve")),
    }
}

/// `okpGenerate(curve)`: a private key.
fn okp_generate<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let curve = okp_curve(cx, 0)?;
    let mut seed = Zeroizing::new([0; SIZE]);
    let is_filled = SystemRandom::new().fill(&mut *seed).is_ok();
    let key = is_filled
        .then(|| OkpKey::from_private(curve, &*seed))
        .flatten();
    answer(cx, key.map(Key::Okp))
}

/// `ed25519Sign(key, data)`.
fn ed25519_sign<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let key = find(cx, 0)?;
    let data = cx.bytes(1)?.to_vec();
    key.okp()?;
    work::run(cx, data.len() > LARGE, move || key.okp().ok()?.sign(&data))
}

/// `ed25519Verify(key, signature, data)`.
fn ed25519_verify<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let key = find(cx, 0)?;
    let (signature, data) = (cx.bytes(1)?.to_vec(), cx.bytes(2)?.to_vec());
    key.okp()?;
    work::check(cx, data.len() > LARGE, move || {
        key.okp().is_ok_and(|key| key.verify(&signature, &data))
    })
}

/// `x25519Derive(privateKey, publicKey)`.
fn x25519_derive<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let (private, public) = (find(cx, 0)?, find(cx, 1)?);
    let secret = private.okp()?.agree(public.okp()?);
    match secret {
        Some(secret) => cx.make_bytes(secret),
        None => Ok(cx.null()),
    }
}
