//! A safe layer over AWS-LC for what `aws-lc-rs` leaves out of its interface and the standard needs: RSA keys
//! of other sizes and exponents, SHA-1 signatures, any salt length; ECDSA of any curve with any hash; GCM
//! with any nonce and tag length; AES-KW with 192 bits; HMAC, HKDF and PBKDF2 over SHA-3. The only module
//! here with `unsafe`. It decides nothing about who may use a key.

mod cipher;
mod ec;
mod hash;
mod owned;
mod rsa;

pub(crate) use cipher::{Direction, cbc, ctr, gcm, key_wrap};
pub(crate) use ec::{Curve, EcKey};
pub(crate) use hash::{Hash, hkdf, hmac, pbkdf2};
pub(crate) use rsa::{RsaKey, SignaturePadding};
