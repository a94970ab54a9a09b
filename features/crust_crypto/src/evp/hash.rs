//! [`Hash`]: the hash functions of the Web Cryptography API, and what is made of them: HMAC, HKDF, PBKDF2.

use aws_lc_rs::digest;
use aws_lc_sys::{
    EVP_MD, EVP_sha1, EVP_sha3_256, EVP_sha3_384, EVP_sha3_512, EVP_sha256, EVP_sha384, EVP_sha512,
    HKDF, HMAC, PKCS5_PBKDF2_HMAC,
};

/// The hash functions, numbered as in `js/hashes.ts`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hash {
    Sha1,
    Sha256,
    Sha384,
    Sha512,
    Sha3_256,
    Sha3_384,
    Sha3_512,
}

impl Hash {
    /// By number.
    pub(crate) fn from_index(index: u32) -> Option<Self> {
        Some(match index {
            0 => Self::Sha1,
            1 => Self::Sha256,
            2 => Self::Sha384,
            3 => Self::Sha512,
            4 => Self::Sha3_256,
            5 => Self::Sha3_384,
            6 => Self::Sha3_512,
            _ => return None,
        })
    }

    fn algorithm(self) -> &'static digest::Algorithm {
        match self {
            Self::Sha1 => &digest::SHA1_FOR_LEGACY_USE_ONLY,
            Self::Sha256 => &digest::SHA256,
            Self::Sha384 => &digest::SHA384,
            Self::Sha512 => &digest::SHA512,
            Self::Sha3_256 => &digest::SHA3_256,
            Self::Sha3_384 => &digest::SHA3_384,
            Self::Sha3_512 => &digest::SHA3_512,
        }
    }

    /// The size of a digest in bytes.
    pub(crate) fn size(self) -> usize {
        self.algorithm().output_len()
    }

    /// The digest of `data`.
    pub(crate) fn digest(self, data: &[u8]) -> Vec<u8> {
        digest::digest(self.algorithm(), data).as_ref().to_vec()
    }

    #[expect(unsafe_code, reason = "AWS-LC's tables of methods")]
    pub(super) fn md(self) -> *const EVP_MD {
        // SAFETY: these answer pointers to static tables.
        unsafe {
            match self {
                Self::Sha1 => EVP_sha1(),
                Self::Sha256 => EVP_sha256(),
                Self::Sha384 => EVP_sha384(),
                Self::Sha512 => EVP_sha512(),
                Self::Sha3_256 => EVP_sha3_256(),
                Self::Sha3_384 => EVP_sha3_384(),
                Self::Sha3_512 => EVP_sha3_512(),
            }
        }
    }
}

/// RFC 2104.
#[expect(unsafe_code, reason = "AWS-LC's HMAC")]
pub(crate) fn hmac(hash: Hash, key: &[u8], data: &[u8]) -> Option<Vec<u8>> {
    let mut code = vec![0; hash.size()];
    let mut length = 0;
    // SAFETY: the slices are valid for their lengths and `code` holds a whole digest.
    let result = unsafe {
        HMAC(
            hash.md(),
            key.as_ptr().cast(),
            key.len(),
            data.as_ptr(),
            data.len(),
            code.as_mut_ptr(),
            &raw mut length,
        )
    };
    (!result.is_null() && length as usize == code.len()).then_some(code)
}

/// RFC 5869. `None` when more is asked for than the function has.
#[expect(unsafe_code, reason = "AWS-LC's HKDF")]
pub(crate) fn hkdf(
    hash: Hash,
    secret: &[u8],
    salt: &[u8],
    info: &[u8],
    length: usize,
) -> Option<Vec<u8>> {
    if length > 255 * hash.size() {
        return None;
    }
    let mut output = vec![0; length];
    // SAFETY: the slices are valid for their lengths.
    let result = unsafe {
        HKDF(
            output.as_mut_ptr(),
            output.len(),
            hash.md(),
            secret.as_ptr(),
            secret.len(),
            salt.as_ptr(),
            salt.len(),
            info.as_ptr(),
            info.len(),
        )
    };
    (result == 1).then_some(output)
}

/// RFC 8018 §5.2.
#[expect(unsafe_code, reason = "AWS-LC's PBKDF2")]
pub(crate) fn pbkdf2(
    hash: Hash,
    password: &[u8],
    salt: &[u8],
    iterations: u32,
    length: usize,
) -> Option<Vec<u8>> {
    let mut output = vec![0; length];
    // SAFETY: the slices are valid for their lengths.
    let result = unsafe {
        PKCS5_PBKDF2_HMAC(
            password.as_ptr().cast(),
            password.len(),
            salt.as_ptr(),
            salt.len(),
            iterations,
            hash.md(),
            output.len(),
            output.as_mut_ptr(),
        )
    };
    (result == 1).then_some(output)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_answers() {
        // RFC 4231, test case 2.
        let code = hmac(Hash::Sha256, b"Jefe", b"what do ya want for nothing?").unwrap();
        assert_eq!(code[..4], [0x5b, 0xdc, 0xc1, 0x46]);
        // RFC 6070, test case 2.
        let derived = pbkdf2(Hash::Sha1, b"password", b"salt", 2, 20).unwrap();
        assert_eq!(derived[..4], [0xea, 0x6c, 0x01, 0x4d]);
        // RFC 5869, test case 1.
        let salt: Vec<u8> = (0..13).collect();
        let info: Vec<u8> = (0xf0..0xfa).collect();
        let derived = hkdf(Hash::Sha256, &[0x0b; 22], &salt, &info, 42).unwrap();
        assert_eq!(derived[..4], [0x3c, 0xb2, 0x5f, 0x25]);
        assert!(hkdf(Hash::Sha256, b"x", b"", b"", 255 * 32 + 1).is_none());
    }
}
