//! From keys to documents: the counterpart of `import.rs`. Whether a key may be exported is decided in JS.

use crate::evp::{EcKey, RsaKey};
use crate::import::{EC_ID, Format, RSA_ID, curve_id, format, okp_id};
use crate::keys::{Key, find};
use crate::okp::OkpKey;
use crust_core::{Call, Op, OpResult};
use pkcs8::PrivateKeyInfo;
use pkcs8::der::asn1::{AnyRef, BitStringRef, OctetStringRef};
use pkcs8::der::{Decode, Encode};
use sec1::EcPrivateKey;
use spki::{AlgorithmIdentifierRef, SubjectPublicKeyInfoRef};
use zeroize::Zeroizing;

/// The natives of this family.
pub(crate) const OPS: &[Op] = &[
    Op::new("keyExport", key_export),
    Op::new("keyNumbers", key_numbers),
];

/// `keyExport(key, format)`: bytes, or `null` when the key has no such form.
fn key_export<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let (key, format) = (find(cx, 0)?, format(cx, 1)?);
    let bytes = match &*key {
        Key::Secret(_) => None,
        Key::Rsa(key) => rsa_der(key, format),
        Key::Ec(key) => ec_der(key, format),
        Key::Okp(key) => okp_der(key, format),
    };
    match bytes {
        Some(bytes) => cx.make_bytes(bytes),
        None => Ok(cx.null()),
    }
}

/// `keyNumbers(key)`: what a JSON Web Key has, as an array of bytes: `[n, e, d, p, q, dp, dq, qi]`,
/// `[x, y, d]` or `[x, d]`, the private ones for a private key only.
fn key_numbers<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let key = find(cx, 0)?;
    let Some(numbers) = numbers(&key) else {
        return Ok(cx.null());
    };
    let array = cx.scope().array(&[])?;
    for (index, number) in (0..).zip(numbers.iter()) {
        array.set_index(index, cx.make_bytes(number.clone())?)?;
    }
    Ok(array)
}

fn numbers(key: &Key) -> Option<Zeroizing<Vec<Vec<u8>>>> {
    let numbers = match key {
        Key::Secret(_) => return None,
        Key::Rsa(key) => rsa_numbers(key)?,
        Key::Ec(key) => {
            let point = key.point()?;
            let (x, y) = point.get(1..)?.split_at_checked(key.curve().size())?;
            let scalar = key.scalar().map(|scalar| scalar.to_vec());
            [x.to_vec(), y.to_vec()].into_iter().chain(scalar).collect()
        }
        Key::Okp(key) => {
            let seed = key.seed().map(|seed| seed.to_vec());
            [key.public().to_vec()].into_iter().chain(seed).collect()
        }
    };
    Some(Zeroizing::new(numbers))
}

fn rsa_numbers(key: &RsaKey) -> Option<Vec<Vec<u8>>> {
    if let Some(der) = key.to_private_der() {
        let key = pkcs1::RsaPrivateKey::from_der(&der).ok()?;
        let numbers = [
            key.modulus,
            key.public_exponent,
            key.private_exponent,
            key.prime1,
            key.prime2,
            key.exponent1,
            key.exponent2,
            key.coefficient,
        ];
        return Some(numbers.map(|number| number.as_bytes().to_vec()).to_vec());
    }
    let der = key.to_public_der()?;
    let key = pkcs1::RsaPublicKey::from_der(&der).ok()?;
    Some(vec![
        key.modulus.as_bytes().to_vec(),
        key.public_exponent.as_bytes().to_vec(),
    ])
}

fn spki(algorithm: AlgorithmIdentifierRef<'_>, key: &[u8]) -> Option<Vec<u8>> {
    let info = SubjectPublicKeyInfoRef {
        algorithm,
        subject_public_key: BitStringRef::from_bytes(key).ok()?,
    };
    info.to_der().ok()
}

fn pkcs8(algorithm: AlgorithmIdentifierRef<'_>, key: &[u8]) -> Option<Vec<u8>> {
    PrivateKeyInfo::new(algorithm, key).to_der().ok()
}

/// A document of an RSA key.
pub(crate) fn rsa_der(key: &RsaKey, format: Format) -> Option<Vec<u8>> {
    let algorithm = AlgorithmIdentifierRef {
        oid: RSA_ID,
        parameters: Some(AnyRef::NULL),
    };
    match format {
        Format::Spki => spki(algorithm, &key.to_public_der()?),
        Format::Pkcs8 => pkcs8(algorithm, &key.to_private_der()?),
        Format::Raw | Format::RawPrivate => None,
    }
}

/// A document of a key on a NIST curve.
pub(crate) fn ec_der(key: &EcKey, format: Format) -> Option<Vec<u8>> {
    let curve = curve_id(key.curve());
    let algorithm = AlgorithmIdentifierRef {
        oid: EC_ID,
        parameters: Some(AnyRef::from(&curve)),
    };
    let point = key.point()?;
    match format {
        Format::Raw => Some(point),
        Format::Spki => spki(algorithm, &point),
        Format::Pkcs8 => {
            let scalar = key.scalar()?;
            let inner = EcPrivateKey {
                private_key: &scalar,
                parameters: None,
                public_key: Some(&point),
            };
            pkcs8(algorithm, &Zeroizing::new(inner.to_der().ok()?))
        }
        Format::RawPrivate => key.scalar().map(|scalar| scalar.to_vec()),
    }
}

/// A document of a key on Curve25519.
pub(crate) fn okp_der(key: &OkpKey, format: Format) -> Option<Vec<u8>> {
    let algorithm = AlgorithmIdentifierRef {
        oid: okp_id(key.curve()),
        parameters: None,
    };
    match format {
        Format::Raw => Some(key.public().to_vec()),
        Format::Spki => spki(algorithm, key.public()),
        Format::Pkcs8 => {
            let inner = OctetStringRef::new(key.seed()?).ok()?.to_der().ok()?;
            pkcs8(algorithm, &Zeroizing::new(inner))
        }
        Format::RawPrivate => key.seed().map(|seed| seed.to_vec()),
    }
}
