//! From documents to keys: `SubjectPublicKeyInfo` (RFC 5280), `PrivateKeyInfo` (RFC 5958), raw points and the numbers
//! of JSON Web Keys. Foreign bytes: everything that does not fit to the last byte is refused.

use crate::ec::curve;
use crate::evp::{Curve, EcKey, RsaKey};
use crate::keys::{Key, answer};
use crate::okp::{OkpCurve, OkpKey, okp_curve};
use crust_core::{Call, Op, OpError, OpResult};
use pkcs8::PrivateKeyInfo;
use pkcs8::der::asn1::{OctetStringRef, UintRef};
use pkcs8::der::{Decode, Encode};
use sec1::EcPrivateKey;
use spki::{AlgorithmIdentifierRef, ObjectIdentifier, SubjectPublicKeyInfoRef};
use zeroize::Zeroizing;

/// The natives of this family. Each answers `null` for what is no key.
pub(crate) const OPS: &[Op] = &[
    Op::new("rsaImport", rsa_import),
    Op::new("rsaImportNumbers", rsa_import_numbers),
    Op::new("ecImport", ec_import),
    Op::new("ecImportScalar", ec_import_scalar),
    Op::new("okpImport", okp_import),
];

/// `rsaEncryption` of RFC 8017.
pub(crate) const RSA_ID: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
/// `id-ecPublicKey` of RFC 5480.
pub(crate) const EC_ID: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");

/// The forms of a key, numbered as in `js/native_formats.ts`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    Raw,
    Spki,
    Pkcs8,
    /// The private number alone.
    RawPrivate,
}

/// The form that an argument numbers.
pub(crate) fn format(cx: &Call<'_>, index: usize) -> Result<Format, OpError> {
    match cx.integer::<u32>(index) {
        Ok(0) => Ok(Format::Raw),
        Ok(1) => Ok(Format::Spki),
        Ok(2) => Ok(Format::Pkcs8),
        Ok(3) => Ok(Format::RawPrivate),
        _ => Err(OpError::type_error("unknown key format")),
    }
}

/// The identifier of a curve.
pub(crate) fn curve_id(curve: Curve) -> ObjectIdentifier {
    ObjectIdentifier::new_unwrap(match curve {
        Curve::P256 => "1.2.840.10045.3.1.7",
        Curve::P384 => "1.3.132.0.34",
        Curve::P521 => "1.3.132.0.35",
    })
}

/// The identifier of an algorithm of RFC 8410.
pub(crate) fn okp_id(curve: OkpCurve) -> ObjectIdentifier {
    ObjectIdentifier::new_unwrap(match curve {
        OkpCurve::Ed25519 => "1.3.101.112",
        OkpCurve::X25519 => "1.3.101.110",
    })
}

/// `rsaImport(format, bytes)`.
fn rsa_import<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let format = format(cx, 0)?;
    let key = parse_rsa(format, cx.bytes(1)?);
    answer(cx, key.map(Key::Rsa))
}

fn parse_rsa(format: Format, bytes: &[u8]) -> Option<RsaKey> {
    match format {
        Format::Spki => {
            let info = SubjectPublicKeyInfoRef::from_der(bytes).ok()?;
            (info.algorithm.oid == RSA_ID)
                .then(|| RsaKey::from_public_der(info.subject_public_key.as_bytes()?))?
        }
        Format::Pkcs8 => {
            let info = PrivateKeyInfo::from_der(bytes).ok()?;
            (info.algorithm.oid == RSA_ID).then(|| RsaKey::from_private_der(info.private_key))?
        }
        Format::Raw | Format::RawPrivate => None,
    }
}

/// `rsaImportNumbers(n, e)`, `rsaImportNumbers(n, e, d, p, q, dp, dq, qi)`: big-endian bytes.
fn rsa_import_numbers<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let mut numbers = Zeroizing::new(Vec::new());
    for index in 0..cx.len() {
        numbers.push(cx.bytes(index)?.to_vec());
    }
    answer(cx, rsa_from_numbers(&numbers).map(Key::Rsa))
}

fn rsa_from_numbers(numbers: &[Vec<u8>]) -> Option<RsaKey> {
    let number = |index: usize| UintRef::new(numbers.get(index)?).ok();
    let (modulus, public_exponent) = (number(0)?, number(1)?);
    if numbers.len() == 2 {
        let key = pkcs1::RsaPublicKey {
            modulus,
            public_exponent,
        };
        return RsaKey::from_public_der(&key.to_der().ok()?);
    }
    let key = pkcs1::RsaPrivateKey {
        modulus,
        public_exponent,
        private_exponent: number(2)?,
        prime1: number(3)?,
        prime2: number(4)?,
        exponent1: number(5)?,
        exponent2: number(6)?,
        coefficient: number(7)?,
        other_prime_infos: None,
    };
    RsaKey::from_private_der(&Zeroizing::new(key.to_der().ok()?))
}

/// `ecImport(curve, format, bytes)`.
fn ec_import<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let (curve, format) = (curve(cx, 0)?, format(cx, 1)?);
    let key = parse_ec(curve, format, cx.bytes(2)?);
    answer(cx, key.map(Key::Ec))
}

fn is_ec(algorithm: &AlgorithmIdentifierRef<'_>, curve: Curve) -> bool {
    algorithm.oid == EC_ID && algorithm.parameters_oid() == Ok(curve_id(curve))
}

fn parse_ec(curve: Curve, format: Format, bytes: &[u8]) -> Option<EcKey> {
    match format {
        Format::Raw => EcKey::from_point(curve, bytes),
        Format::Spki => {
            let info = SubjectPublicKeyInfoRef::from_der(bytes).ok()?;
            is_ec(&info.algorithm, curve)
                .then(|| EcKey::from_point(curve, info.subject_public_key.as_bytes()?))?
        }
        Format::Pkcs8 => {
            let info = PrivateKeyInfo::from_der(bytes).ok()?;
            if !is_ec(&info.algorithm, curve) {
                return None;
            }
            let key = EcPrivateKey::from_der(info.private_key).ok()?;
            let named = key.parameters.map(sec1::EcParameters::named_curve);
            if named.is_some_and(|named| named != Some(curve_id(curve))) {
                return None;
            }
            ec_from_scalar(curve, key.private_key, key.public_key)
        }
        Format::RawPrivate => EcKey::from_scalar(curve, bytes),
    }
}

/// A private key whose point, when it is given, must be the scalar's.
fn ec_from_scalar(curve: Curve, scalar: &[u8], point: Option<&[u8]>) -> Option<EcKey> {
    let key = EcKey::from_scalar(curve, scalar)?;
    match point {
        Some(point) if EcKey::from_point(curve, point)?.point() != key.point() => None,
        _ => Some(key),
    }
}

/// `ecImportScalar(curve, scalar, point)`.
fn ec_import_scalar<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let curve = curve(cx, 0)?;
    let key = ec_from_scalar(curve, cx.bytes(1)?, Some(cx.bytes(2)?));
    answer(cx, key.map(Key::Ec))
}

/// `okpImport(curve, format, bytes)`.
fn okp_import<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let (curve, format) = (okp_curve(cx, 0)?, format(cx, 1)?);
    let key = parse_okp(curve, format, cx.bytes(2)?);
    answer(cx, key.map(Key::Okp))
}

fn is_okp(algorithm: &AlgorithmIdentifierRef<'_>, curve: OkpCurve) -> bool {
    algorithm.oid == okp_id(curve) && algorithm.parameters.is_none()
}

fn parse_okp(curve: OkpCurve, format: Format, bytes: &[u8]) -> Option<OkpKey> {
    match format {
        Format::Raw => OkpKey::from_public(curve, bytes),
        Format::Spki => {
            let info = SubjectPublicKeyInfoRef::from_der(bytes).ok()?;
            is_okp(&info.algorithm, curve)
                .then(|| OkpKey::from_public(curve, info.subject_public_key.as_bytes()?))?
        }
        Format::Pkcs8 => {
            let info = PrivateKeyInfo::from_der(bytes).ok()?;
            let seed = OctetStringRef::from_der(info.private_key).ok()?;
            is_okp(&info.algorithm, curve).then(|| OkpKey::from_private(curve, seed.as_bytes()))?
        }
        Format::RawPrivate => OkpKey::from_private(curve, bytes),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::{ec_der, okp_der, rsa_der};
    use proptest::prelude::*;

    const FORMATS: [Format; 4] = [Format::Raw, Format::Spki, Format::Pkcs8, Format::RawPrivate];

    #[test]
    fn documents_are_read_again() {
        let key = EcKey::generate(Curve::P384).unwrap();
        let der = ec_der(&key, Format::Pkcs8).unwrap();
        let again = parse_ec(Curve::P384, Format::Pkcs8, &der).unwrap();
        assert_eq!(key.scalar(), again.scalar());
        assert!(parse_ec(Curve::P256, Format::Pkcs8, &der).is_none());
        let der = ec_der(&key, Format::Spki).unwrap();
        assert_eq!(
            parse_ec(Curve::P384, Format::Spki, &der).unwrap().point(),
            key.point()
        );

        let key = OkpKey::from_private(OkpCurve::X25519, &[5; 32]).unwrap();
        let der = okp_der(&key, Format::Pkcs8).unwrap();
        let again = parse_okp(OkpCurve::X25519, Format::Pkcs8, &der).unwrap();
        assert_eq!(key.public(), again.public());
        assert!(parse_okp(OkpCurve::Ed25519, Format::Pkcs8, &der).is_none());

        let key = RsaKey::generate(1024, &[3]).unwrap();
        let der = rsa_der(&key, Format::Pkcs8).unwrap();
        let again = parse_rsa(Format::Pkcs8, &der).unwrap();
        assert_eq!(again.to_private_der(), key.to_private_der());
        assert!(parse_rsa(Format::Spki, &der).is_none());
    }

    proptest! {
        #[test]
        fn damaged_documents_do_no_harm(position in 0_usize..200, value in any::<u8>(), cut in 0_usize..200) {
            let key = EcKey::from_scalar(Curve::P256, &[7; 32]).unwrap();
            let mut der = ec_der(&key, Format::Pkcs8).unwrap();
            if let Some(byte) = der.get_mut(position) { *byte = value; }
            der.truncate(der.len().saturating_sub(cut));
            for format in FORMATS {
                let _ = parse_ec(Curve::P256, format, &der);
                let _ = parse_okp(OkpCurve::Ed25519, format, &der);
                let _ = parse_rsa(format, &der);
            }
        }
    }
}
