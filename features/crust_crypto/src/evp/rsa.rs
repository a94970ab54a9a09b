//! [`RsaKey`]: RSA keys of AWS-LC, their PKCS #1 forms, signatures and OAEP.

use super::hash::Hash;
use super::owned::Owned;
use aws_lc_sys::{
    BN_bin2bn, BN_bn2bin, BN_num_bytes, ERR_clear_error, EVP_PKEY, EVP_PKEY_CTX, EVP_PKEY_CTX_new,
    EVP_PKEY_CTX_set_rsa_mgf1_md, EVP_PKEY_CTX_set_rsa_oaep_md, EVP_PKEY_CTX_set_rsa_padding,
    EVP_PKEY_CTX_set_rsa_pss_saltlen, EVP_PKEY_CTX_set_signature_md,
    EVP_PKEY_CTX_set0_rsa_oaep_label, EVP_PKEY_decrypt, EVP_PKEY_decrypt_init, EVP_PKEY_encrypt,
    EVP_PKEY_encrypt_init, EVP_PKEY_get0_RSA, EVP_PKEY_new, EVP_PKEY_set1_RSA, EVP_PKEY_sign,
    EVP_PKEY_sign_init, EVP_PKEY_size, EVP_PKEY_verify, EVP_PKEY_verify_init, OPENSSL_free,
    OPENSSL_memdup, RSA, RSA_PKCS1_OAEP_PADDING, RSA_PKCS1_PADDING, RSA_PKCS1_PSS_PADDING,
    RSA_bits, RSA_generate_key_ex, RSA_get0_e, RSA_new, RSA_private_key_from_bytes,
    RSA_private_key_to_bytes, RSA_public_key_from_bytes, RSA_public_key_to_bytes,
};
use std::ffi::{c_int, c_uint};
use std::{ptr, slice};
use zeroize::Zeroizing;

/// How a digest becomes a number to sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SignaturePadding {
    /// RFC 8017 §8.2.
    Pkcs1,
    /// RFC 8017 §8.1, with the length of the salt in bytes.
    Pss(i32),
}

/// A public or private key.
pub(crate) struct RsaKey {
    key: Owned<EVP_PKEY>,
    is_private: bool,
}

// SAFETY: the functions used here do not change a key; what the library caches inside has its own lock.
#[expect(unsafe_code, reason = "a foreign object that locks for itself")]
unsafe impl Sync for RsaKey {}

#[expect(unsafe_code, reason = "AWS-LC's RSA")]
impl RsaKey {
    /// A new private key. It may take seconds.
    pub(crate) fn generate(bits: u32, exponent: &[u8]) -> Option<Self> {
        let bits = c_int::try_from(bits).ok()?;
        // SAFETY: all objects are new; the exponent is only read.
        unsafe {
            let exponent = Owned::new(BN_bin2bn(
                exponent.as_ptr(),
                exponent.len(),
                ptr::null_mut(),
            ))?;
            let rsa = Owned::new(RSA_new())?;
            let result =
                RSA_generate_key_ex(rsa.as_ptr(), bits, exponent.as_ptr(), ptr::null_mut());
            if result != 1 {
                ERR_clear_error();
                return None;
            }
            Self::new(&rsa, true)
        }
    }

    /// From an `RSAPublicKey` of RFC 8017 A.1.1.
    pub(crate) fn from_public_der(der: &[u8]) -> Option<Self> {
        // SAFETY: the library reads the slice and answers a new object.
        let rsa = unsafe { Owned::new(RSA_public_key_from_bytes(der.as_ptr(), der.len())) };
        Self::new(&rsa?, false)
    }

    /// From an `RSAPrivateKey` of RFC 8017 A.1.2 with two primes; the library checks that they fit.
    pub(crate) fn from_private_der(der: &[u8]) -> Option<Self> {
        // SAFETY: as above.
        let rsa = unsafe { Owned::new(RSA_private_key_from_bytes(der.as_ptr(), der.len())) };
        Self::new(&rsa?, true)
    }

    fn new(rsa: &Owned<RSA>, is_private: bool) -> Option<Self> {
        // SAFETY: the envelope is new and takes a reference of its own to the key.
        unsafe {
            let key = Owned::new(EVP_PKEY_new())?;
            (EVP_PKEY_set1_RSA(key.as_ptr(), rsa.as_ptr()) == 1).then_some(Self { key, is_private })
        }
    }

    fn rsa(&self) -> *mut RSA {
        // SAFETY: `new` put one in; it lives as long as its envelope.
        unsafe { EVP_PKEY_get0_RSA(self.key.as_ptr()) }
    }

    /// The size of the modulus.
    pub(crate) fn bits(&self) -> u32 {
        // SAFETY: the key is alive.
        unsafe { RSA_bits(self.rsa()) }
    }

    /// The public exponent, big-endian without leading zeros.
    pub(crate) fn exponent(&self) -> Vec<u8> {
        // SAFETY: every key has an exponent, and `bytes` has its size.
        unsafe {
            let exponent = RSA_get0_e(self.rsa());
            let mut bytes = vec![0; BN_num_bytes(exponent) as usize];
            BN_bn2bin(exponent, bytes.as_mut_ptr());
            bytes
        }
    }

    /// `RSAPublicKey`.
    pub(crate) fn to_public_der(&self) -> Option<Vec<u8>> {
        self.to_der(RSA_public_key_to_bytes).map(|der| der.to_vec())
    }

    /// `RSAPrivateKey`; `None` for a public key.
    pub(crate) fn to_private_der(&self) -> Option<Zeroizing<Vec<u8>>> {
        self.is_private
            .then(|| self.to_der(RSA_private_key_to_bytes))?
    }

    fn to_der(
        &self,
        write: unsafe extern "C" fn(*mut *mut u8, *mut usize, *const RSA) -> c_int,
    ) -> Option<Zeroizing<Vec<u8>>> {
        let mut start = ptr::null_mut();
        let mut length = 0;
        // SAFETY: on success the library answers a buffer of `length` bytes that the caller frees; freeing
        // wipes it.
        unsafe {
            if write(&raw mut start, &raw mut length, self.rsa()) != 1 {
                ERR_clear_error();
                return None;
            }
            let der = Zeroizing::new(slice::from_raw_parts(start, length).to_vec());
            OPENSSL_free(start.cast());
            Some(der)
        }
    }

    fn context(
        &self,
        init: unsafe extern "C" fn(*mut EVP_PKEY_CTX) -> c_int,
        padding: c_int,
    ) -> Option<Owned<EVP_PKEY_CTX>> {
        // SAFETY: the context is new and holds its own reference to the key.
        unsafe {
            let context = Owned::new(EVP_PKEY_CTX_new(self.key.as_ptr(), ptr::null_mut()))?;
            (init(context.as_ptr()) == 1
                && EVP_PKEY_CTX_set_rsa_padding(context.as_ptr(), padding) == 1)
                .then_some(context)
        }
    }

    fn signature_context(
        &self,
        init: unsafe extern "C" fn(*mut EVP_PKEY_CTX) -> c_int,
        padding: SignaturePadding,
        hash: Hash,
    ) -> Option<Owned<EVP_PKEY_CTX>> {
        let number = match padding {
            SignaturePadding::Pkcs1 => RSA_PKCS1_PADDING,
            SignaturePadding::Pss(_) => RSA_PKCS1_PSS_PADDING,
        };
        let context = self.context(init, number)?;
        // SAFETY: the context is alive and the hash a static table.
        let is_set = unsafe {
            EVP_PKEY_CTX_set_signature_md(context.as_ptr(), hash.md()) == 1
                && match padding {
                    SignaturePadding::Pkcs1 => true,
                    SignaturePadding::Pss(salt) => {
                        EVP_PKEY_CTX_set_rsa_pss_saltlen(context.as_ptr(), salt) == 1
                    }
                }
        };
        is_set.then_some(context)
    }

    /// A signature of the digest of `data`.
    pub(crate) fn sign(
        &self,
        padding: SignaturePadding,
        hash: Hash,
        data: &[u8],
    ) -> Option<Vec<u8>> {
        let context = self.signature_context(EVP_PKEY_sign_init, padding, hash)?;
        self.transform(&context, EVP_PKEY_sign, &hash.digest(data))
    }

    /// Whether `signature` is one of `data`.
    pub(crate) fn verify(
        &self,
        padding: SignaturePadding,
        hash: Hash,
        signature: &[u8],
        data: &[u8],
    ) -> bool {
        let Some(context) = self.signature_context(EVP_PKEY_verify_init, padding, hash) else {
            return false;
        };
        let digest = hash.digest(data);
        // SAFETY: the slices are valid for their lengths.
        unsafe {
            let result = EVP_PKEY_verify(
                context.as_ptr(),
                signature.as_ptr(),
                signature.len(),
                digest.as_ptr(),
                digest.len(),
            );
            ERR_clear_error();
            result == 1
        }
    }

    /// RFC 8017 §7.1.1.
    pub(crate) fn encrypt(&self, hash: Hash, label: &[u8], data: &[u8]) -> Option<Vec<u8>> {
        let context = self.oaep_context(EVP_PKEY_encrypt_init, hash, label)?;
        self.transform(&context, EVP_PKEY_encrypt, data)
    }

    /// RFC 8017 §7.1.2.
    pub(crate) fn decrypt(&self, hash: Hash, label: &[u8], data: &[u8]) -> Option<Vec<u8>> {
        let context = self.oaep_context(EVP_PKEY_decrypt_init, hash, label)?;
        self.transform(&context, EVP_PKEY_decrypt, data)
    }

    fn oaep_context(
        &self,
        init: unsafe extern "C" fn(*mut EVP_PKEY_CTX) -> c_int,
        hash: Hash,
        label: &[u8],
    ) -> Option<Owned<EVP_PKEY_CTX>> {
        let context = self.context(init, RSA_PKCS1_OAEP_PADDING)?;
        // SAFETY: the hash is a static table. The context takes the copy of the label when it succeeds.
        unsafe {
            let pointer = context.as_ptr();
            if EVP_PKEY_CTX_set_rsa_oaep_md(pointer, hash.md()) != 1
                || EVP_PKEY_CTX_set_rsa_mgf1_md(pointer, hash.md()) != 1
            {
                return None;
            }
            if label.is_empty() {
                return Some(context);
            }
            let copy = OPENSSL_memdup(label.as_ptr().cast(), label.len());
            if copy.is_null() {
                return None;
            }
            if EVP_PKEY_CTX_set0_rsa_oaep_label(pointer, copy.cast(), label.len()) != 1 {
                OPENSSL_free(copy);
                return None;
            }
        }
        Some(context)
    }

    fn transform(
        &self,
        context: &Owned<EVP_PKEY_CTX>,
        function: unsafe extern "C" fn(
            *mut EVP_PKEY_CTX,
            *mut u8,
            *mut usize,
            *const u8,
            usize,
        ) -> c_int,
        input: &[u8],
    ) -> Option<Vec<u8>> {
        // SAFETY: no function answers more than the size of the modulus, which `output` has and `length`
        // says.
        unsafe {
            let size = c_uint::try_from(EVP_PKEY_size(self.key.as_ptr())).ok()?;
            let mut output = vec![0; size as usize];
            let mut length = output.len();
            let result = function(
                context.as_ptr(),
                output.as_mut_ptr(),
                &raw mut length,
                input.as_ptr(),
                input.len(),
            );
            if result != 1 {
                ERR_clear_error();
                return None;
            }
            output.truncate(length);
            Some(output)
        }
    }
}
