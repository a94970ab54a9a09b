//! [`EcKey`]: keys on the NIST curves, their points and scalars, ECDSA and ECDH. Signatures are r and s side by
//! side (IEEE P1363), as the Web Cryptography API has them.

use super::hash::Hash;
use super::owned::Owned;
use aws_lc_sys::{
    BIGNUM, BN_bin2bn, BN_bn2bin_padded, EC_GROUP, EC_KEY, EC_KEY_check_key, EC_KEY_generate_key,
    EC_KEY_get0_group, EC_KEY_get0_private_key, EC_KEY_get0_public_key, EC_KEY_new_by_curve_name,
    EC_KEY_set_private_key, EC_KEY_set_public_key, EC_POINT_mul, EC_POINT_new, EC_POINT_oct2point,
    EC_POINT_point2oct, ECDH_compute_key, ECDSA_SIG_get0, ECDSA_SIG_new, ECDSA_SIG_set0,
    ECDSA_do_sign, ECDSA_do_verify, ERR_clear_error, NID_X9_62_prime256v1, NID_secp384r1,
    NID_secp521r1, point_conversion_form_t,
};
use std::ffi::c_int;
use std::ptr;
use zeroize::Zeroizing;

/// The curves of FIPS 186, numbered as in `js/algorithms/ec.ts`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Curve {
    P256,
    P384,
    P521,
}

impl Curve {
    /// By number.
    pub(crate) fn from_index(index: u32) -> Option<Self> {
        Some(match index {
            0 => Self::P256,
            1 => Self::P384,
            2 => Self::P521,
            _ => return None,
        })
    }

    /// The size of a coordinate and of a scalar in bytes.
    pub(crate) fn size(self) -> usize {
        match self {
            Self::P256 => 32,
            Self::P384 => 48,
            Self::P521 => 66,
        }
    }

    fn nid(self) -> c_int {
        match self {
            Self::P256 => NID_X9_62_prime256v1,
            Self::P384 => NID_secp384r1,
            Self::P521 => NID_secp521r1,
        }
    }
}

/// A public or private key.
pub(crate) struct EcKey {
    key: Owned<EC_KEY>,
    curve: Curve,
}

// SAFETY: nothing here changes a key after it was made.
#[expect(unsafe_code, reason = "a foreign object that nobody changes")]
unsafe impl Sync for EcKey {}

#[expect(unsafe_code, reason = "AWS-LC's elliptic curves")]
impl EcKey {
    /// A new private key.
    pub(crate) fn generate(curve: Curve) -> Option<Self> {
        let key = Self::empty(curve)?;
        // SAFETY: the key is new and has its group.
        (unsafe { EC_KEY_generate_key(key.key.as_ptr()) } == 1).then_some(key)
    }

    fn empty(curve: Curve) -> Option<Self> {
        // SAFETY: answers a new object.
        let key = unsafe { Owned::new(EC_KEY_new_by_curve_name(curve.nid())) };
        Some(Self { key: key?, curve })
    }

    /// From a point as in SEC 1 §2.3.4, compressed or not; `None` when it is not on the curve.
    pub(crate) fn from_point(curve: Curve, point: &[u8]) -> Option<Self> {
        let key = Self::empty(curve)?;
        // SAFETY: the group is the key's; the key copies the point.
        unsafe {
            let group = key.group();
            let decoded = Owned::new(EC_POINT_new(group))?;
            let is_valid = EC_POINT_oct2point(
                group,
                decoded.as_ptr(),
                point.as_ptr(),
                point.len(),
                ptr::null_mut(),
            ) == 1
                && EC_KEY_set_public_key(key.key.as_ptr(), decoded.as_ptr()) == 1
                && EC_KEY_check_key(key.key.as_ptr()) == 1;
            ERR_clear_error();
            is_valid.then_some(key)
        }
    }

    /// From a scalar of the curve's size.
    pub(crate) fn from_scalar(curve: Curve, scalar: &[u8]) -> Option<Self> {
        if scalar.len() != curve.size() {
            return None;
        }
        let key = Self::empty(curve)?;
        // SAFETY: the group is the key's; the key copies number and point.
        unsafe {
            let group = key.group();
            let number = Owned::new(BN_bin2bn(scalar.as_ptr(), scalar.len(), ptr::null_mut()))?;
            let point = Owned::new(EC_POINT_new(group))?;
            let is_valid = EC_KEY_set_private_key(key.key.as_ptr(), number.as_ptr()) == 1
                && EC_POINT_mul(
                    group,
                    point.as_ptr(),
                    number.as_ptr(),
                    ptr::null(),
                    ptr::null(),
                    ptr::null_mut(),
                ) == 1
                && EC_KEY_set_public_key(key.key.as_ptr(), point.as_ptr()) == 1
                && EC_KEY_check_key(key.key.as_ptr()) == 1;
            ERR_clear_error();
            is_valid.then_some(key)
        }
    }

    /// The curve.
    pub(crate) fn curve(&self) -> Curve {
        self.curve
    }

    /// Whether this is a private key.
    pub(crate) fn is_private(&self) -> bool {
        // SAFETY: the key is alive.
        !unsafe { EC_KEY_get0_private_key(self.key.as_ptr()) }.is_null()
    }

    fn group(&self) -> *const EC_GROUP {
        // SAFETY: every key here is made with a group.
        unsafe { EC_KEY_get0_group(self.key.as_ptr()) }
    }

    /// The public point, uncompressed.
    pub(crate) fn point(&self) -> Option<Vec<u8>> {
        let mut bytes = vec![0; 1 + 2 * self.curve.size()];
        // SAFETY: the buffer has the size of an uncompressed point.
        let length = unsafe {
            EC_POINT_point2oct(
                self.group(),
                EC_KEY_get0_public_key(self.key.as_ptr()),
                point_conversion_form_t::POINT_CONVERSION_UNCOMPRESSED,
                bytes.as_mut_ptr(),
                bytes.len(),
                ptr::null_mut(),
            )
        };
        (length == bytes.len()).then_some(bytes)
    }

    /// The private scalar; `None` for a public key.
    pub(crate) fn scalar(&self) -> Option<Zeroizing<Vec<u8>>> {
        // SAFETY: the key is alive, and the number lives as long.
        let number = unsafe { EC_KEY_get0_private_key(self.key.as_ptr()) };
        if number.is_null() {
            return None;
        }
        let mut bytes = Zeroizing::new(vec![0; self.curve.size()]);
        write_padded(number, &mut bytes)?;
        Some(bytes)
    }

    /// A signature of the digest of `data`.
    pub(crate) fn sign(&self, hash: Hash, data: &[u8]) -> Option<Vec<u8>> {
        let digest = hash.digest(data);
        let size = self.curve.size();
        let mut bytes = vec![0; 2 * size];
        let (mut r, mut s) = (ptr::null(), ptr::null());
        // SAFETY: the digest is valid for its length; the numbers live as long as the signature.
        unsafe {
            let signature = Owned::new(ECDSA_do_sign(
                digest.as_ptr(),
                digest.len(),
                self.key.as_ptr(),
            ))?;
            ECDSA_SIG_get0(signature.as_ptr(), &raw mut r, &raw mut s);
            let (left, right) = bytes.split_at_mut(size);
            write_padded(r, left)?;
            write_padded(s, right)?;
        }
        Some(bytes)
    }

    /// Whether `signature` is one of `data`.
    pub(crate) fn verify(&self, hash: Hash, signature: &[u8], data: &[u8]) -> bool {
        self.try_verify(hash, signature, data).unwrap_or(false)
    }

    fn try_verify(&self, hash: Hash, signature: &[u8], data: &[u8]) -> Option<bool> {
        let size = self.curve.size();
        if signature.len() != 2 * size {
            return None;
        }
        let digest = hash.digest(data);
        let (left, right) = signature.split_at(size);
        // SAFETY: the numbers are new, and the signature takes them when it succeeds.
        unsafe {
            let decoded = Owned::new(ECDSA_SIG_new())?;
            let r = Owned::new(BN_bin2bn(left.as_ptr(), size, ptr::null_mut()))?;
            let s = Owned::new(BN_bin2bn(right.as_ptr(), size, ptr::null_mut()))?;
            if ECDSA_SIG_set0(decoded.as_ptr(), r.as_ptr(), s.as_ptr()) != 1 {
                return None;
            }
            let _ = (r.into_ptr(), s.into_ptr());
            let result = ECDSA_do_verify(
                digest.as_ptr(),
                digest.len(),
                decoded.as_ptr(),
                self.key.as_ptr(),
            );
            ERR_clear_error();
            Some(result == 1)
        }
    }

    /// The x coordinate of what this private key and a public one share (SEC 1 §3.3.1).
    pub(crate) fn agree(&self, public: &Self) -> Option<Vec<u8>> {
        if !self.is_private() || self.curve != public.curve {
            return None;
        }
        let mut secret = vec![0; self.curve.size()];
        // SAFETY: without a function of derivation the library writes the coordinate, which `secret` holds.
        let length = unsafe {
            ECDH_compute_key(
                secret.as_mut_ptr().cast(),
                secret.len(),
                EC_KEY_get0_public_key(public.key.as_ptr()),
                self.key.as_ptr(),
                None,
            )
        };
        (usize::try_from(length).ok()? == secret.len()).then_some(secret)
    }
}

#[expect(unsafe_code, reason = "AWS-LC's numbers")]
fn write_padded(number: *const BIGNUM, target: &mut [u8]) -> Option<()> {
    // SAFETY: callers pass a number that is alive; the target is valid for its length.
    let result = unsafe { BN_bn2bin_padded(target.as_mut_ptr(), target.len(), number) };
    (result == 1).then_some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_sign_and_agree() {
        for curve in [Curve::P256, Curve::P384, Curve::P521] {
            let key = EcKey::generate(curve).unwrap();
            let public = EcKey::from_point(curve, &key.point().unwrap()).unwrap();
            let signature = key.sign(Hash::Sha1, b"text").unwrap();
            assert!(public.verify(Hash::Sha1, &signature, b"text"));
            assert!(!public.verify(Hash::Sha256, &signature, b"text"));
            assert!(!public.verify(Hash::Sha1, &signature[1..], b"text"));
            let other = EcKey::from_scalar(curve, &key.scalar().unwrap()).unwrap();
            assert_eq!(other.agree(&public), key.agree(&key));
            assert!(public.scalar().is_none() && public.agree(&key).is_none());
            assert!(EcKey::from_scalar(curve, &vec![0; curve.size()]).is_none());
            assert!(EcKey::from_scalar(curve, &vec![0xff; curve.size()]).is_none());
        }
    }
}
