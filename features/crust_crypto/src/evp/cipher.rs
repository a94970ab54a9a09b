//! AES in the modes of the Web Cryptography API. A failure says nothing more than that: a cause would be an
//! oracle for whoever forges messages.

use super::owned::Owned;
use aws_lc_sys::{
    AES_KEY, AES_set_decrypt_key, AES_set_encrypt_key, AES_unwrap_key, AES_wrap_key, EVP_CIPHER,
    EVP_CIPHER_CTX, EVP_CIPHER_CTX_ctrl, EVP_CIPHER_CTX_new, EVP_CTRL_AEAD_GET_TAG,
    EVP_CTRL_AEAD_SET_IVLEN, EVP_CTRL_AEAD_SET_TAG, EVP_CipherFinal_ex, EVP_CipherInit_ex,
    EVP_CipherUpdate, EVP_aes_128_cbc, EVP_aes_128_ctr, EVP_aes_128_gcm, EVP_aes_192_cbc,
    EVP_aes_192_ctr, EVP_aes_192_gcm, EVP_aes_256_cbc, EVP_aes_256_ctr, EVP_aes_256_gcm,
    OPENSSL_cleanse,
};
use std::ffi::c_int;
use std::ptr;

const BLOCK: usize = 16;
/// Lengths are C integers in the library, so that long inputs go in pieces of whole blocks.
const PIECE: usize = 1 << 30;

/// Which way a cipher runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    Encrypt,
    Decrypt,
}

/// The methods of one mode for keys of 128, 192 and 256 bits.
type Methods = [unsafe extern "C" fn() -> *const EVP_CIPHER; 3];

fn methods_index(key: &[u8]) -> Option<usize> {
    match key.len() {
        16 => Some(0),
        24 => Some(1),
        32 => Some(2),
        _ => None,
    }
}

/// A cipher that runs.
struct Running(Owned<EVP_CIPHER_CTX>);

#[expect(unsafe_code, reason = "AWS-LC's ciphers")]
impl Running {
    fn new(
        methods: Methods,
        direction: Direction,
        key: &[u8],
        nonce: &[u8],
        is_aead: bool,
    ) -> Option<Self> {
        let method = *methods.get(methods_index(key)?)?;
        let encrypt = c_int::from(direction == Direction::Encrypt);
        // SAFETY: the context is new; a method is a static table; key and nonce have the lengths that the
        // method has or was told of.
        unsafe {
            let context = Owned::new(EVP_CIPHER_CTX_new())?;
            let pointer = context.as_ptr();
            let init = |method, key, nonce| {
                EVP_CipherInit_ex(pointer, method, ptr::null_mut(), key, nonce, encrypt) == 1
            };
            if is_aead {
                let length = c_int::try_from(nonce.len()).ok()?;
                (init(method(), ptr::null(), ptr::null())
                    && EVP_CIPHER_CTX_ctrl(
                        pointer,
                        EVP_CTRL_AEAD_SET_IVLEN,
                        length,
                        ptr::null_mut(),
                    ) == 1
                    && init(ptr::null(), key.as_ptr(), nonce.as_ptr()))
                .then_some(Self(context))
            } else {
                (nonce.len() == BLOCK && init(method(), key.as_ptr(), nonce.as_ptr()))
                    .then_some(Self(context))
            }
        }
    }

    /// Additional data, which is authenticated and not encrypted.
    fn authenticate(&self, data: &[u8]) -> Option<()> {
        for piece in data.chunks(PIECE) {
            let mut written = 0;
            let length = c_int::try_from(piece.len()).ok()?;
            // SAFETY: no output is asked for.
            let result = unsafe {
                EVP_CipherUpdate(
                    self.0.as_ptr(),
                    ptr::null_mut(),
                    &raw mut written,
                    piece.as_ptr(),
                    length,
                )
            };
            if result != 1 {
                return None;
            }
        }
        Some(())
    }

    /// Appends what `data` becomes to `output`, with what the cipher holds back.
    fn finish(&self, data: &[u8], output: &mut Vec<u8>) -> Option<()> {
        let start = output.len();
        output.resize(start.checked_add(data.len())?.checked_add(BLOCK)?, 0);
        let mut end = start;
        for piece in data.chunks(PIECE) {
            let mut written = 0;
            let length = c_int::try_from(piece.len()).ok()?;
            let target = output.get_mut(end..)?;
            // SAFETY: all pieces together write no more than the data and one block, which `output` has.
            let result = unsafe {
                EVP_CipherUpdate(
                    self.0.as_ptr(),
                    target.as_mut_ptr(),
                    &raw mut written,
                    piece.as_ptr(),
                    length,
                )
            };
            if result != 1 {
                return None;
            }
            end += usize::try_from(written).ok()?;
        }
        let mut written = 0;
        let target = output.get_mut(end..)?;
        // SAFETY: as above.
        let result =
            unsafe { EVP_CipherFinal_ex(self.0.as_ptr(), target.as_mut_ptr(), &raw mut written) };
        if result != 1 {
            return None;
        }
        output.truncate(end + usize::try_from(written).ok()?);
        Some(())
    }

    fn tag(&self, command: c_int, tag: &mut [u8]) -> Option<()> {
        let length = c_int::try_from(tag.len()).ok()?;
        // SAFETY: the library reads or writes `length` bytes.
        let result = unsafe {
            EVP_CIPHER_CTX_ctrl(self.0.as_ptr(), command, length, tag.as_mut_ptr().cast())
        };
        (result == 1).then_some(())
    }
}

/// NIST SP 800-38D; the tag is at the end of the ciphertext.
pub(crate) fn gcm(
    direction: Direction,
    key: &[u8],
    nonce: &[u8],
    additional: &[u8],
    tag_size: usize,
    data: &[u8],
) -> Option<Vec<u8>> {
    const METHODS: Methods = [EVP_aes_128_gcm, EVP_aes_192_gcm, EVP_aes_256_gcm];
    let cipher = Running::new(METHODS, direction, key, nonce, true)?;
    cipher.authenticate(additional)?;
    let mut tag = vec![0; tag_size];
    let mut output = Vec::new();
    if direction == Direction::Encrypt {
        cipher.finish(data, &mut output)?;
        cipher.tag(EVP_CTRL_AEAD_GET_TAG, &mut tag)?;
        output.extend_from_slice(&tag);
    } else {
        let (text, end) = data.split_at_checked(data.len().checked_sub(tag_size)?)?;
        tag.copy_from_slice(end);
        cipher.tag(EVP_CTRL_AEAD_SET_TAG, &mut tag)?;
        cipher.finish(text, &mut output)?;
    }
    Some(output)
}

/// NIST SP 800-38A §6.2 with the padding of RFC 5652 §6.3.
pub(crate) fn cbc(direction: Direction, key: &[u8], iv: &[u8], data: &[u8]) -> Option<Vec<u8>> {
    const METHODS: Methods = [EVP_aes_128_cbc, EVP_aes_192_cbc, EVP_aes_256_cbc];
    let mut output = Vec::new();
    Running::new(METHODS, direction, key, iv, false)?.finish(data, &mut output)?;
    Some(output)
}

/// NIST SP 800-38A §6.5. The lowest `bits` of the block count and wrap around among themselves; `None` when
/// the data would need a block twice.
pub(crate) fn ctr(key: &[u8], counter: &[u8], bits: u32, data: &[u8]) -> Option<Vec<u8>> {
    const METHODS: Methods = [EVP_aes_128_ctr, EVP_aes_192_ctr, EVP_aes_256_ctr];
    let start = u128::from_be_bytes(counter.try_into().ok()?);
    let mask = match bits {
        1..=127 => (1_u128 << bits) - 1,
        128 => u128::MAX,
        _ => return None,
    };
    let blocks = data.len().div_ceil(BLOCK) as u128;
    if bits < 128 && blocks > mask + 1 {
        return None;
    }
    // The blocks before the counter wraps, minus one: with 128 bits their number itself may not fit.
    let before = mask - (start & mask);
    let first = if blocks > before {
        usize::try_from(before + 1).map_or(data.len(), |blocks| {
            blocks.saturating_mul(BLOCK).min(data.len())
        })
    } else {
        data.len()
    };
    let (head, tail) = data.split_at(first);
    let mut output = Vec::new();
    Running::new(METHODS, Direction::Encrypt, key, counter, false)?.finish(head, &mut output)?;
    if !tail.is_empty() {
        let wrapped = (start & !mask).to_be_bytes();
        Running::new(METHODS, Direction::Encrypt, key, &wrapped, false)?
            .finish(tail, &mut output)?;
    }
    Some(output)
}

/// RFC 3394.
#[expect(unsafe_code, reason = "AWS-LC's key wrapping")]
pub(crate) fn key_wrap(direction: Direction, key: &[u8], data: &[u8]) -> Option<Vec<u8>> {
    methods_index(key)?;
    let encrypt = direction == Direction::Encrypt;
    // The RFC's parts have 8 bytes; there are two at least, and one more when they are wrapped.
    let shortest = if encrypt { 16 } else { 24 };
    if !data.len().is_multiple_of(8) || data.len() < shortest {
        return None;
    }
    let mut output = vec![
        0;
        if encrypt {
            data.len() + 8
        } else {
            data.len() - 8
        }
    ];
    let mut schedule = AES_KEY {
        rd_key: [0; 60],
        rounds: 0,
    };
    let bits = u32::try_from(key.len() * 8).ok()?;
    // SAFETY: the key has `bits` bits, the output the size that RFC 3394 gives it, and a null initial value
    // stands for the RFC's own.
    let length = unsafe {
        let schedule = &raw mut schedule;
        let length = if encrypt {
            AES_set_encrypt_key(key.as_ptr(), bits, schedule);
            AES_wrap_key(
                schedule,
                ptr::null(),
                output.as_mut_ptr(),
                data.as_ptr(),
                data.len(),
            )
        } else {
            AES_set_decrypt_key(key.as_ptr(), bits, schedule);
            AES_unwrap_key(
                schedule,
                ptr::null(),
                output.as_mut_ptr(),
                data.as_ptr(),
                data.len(),
            )
        };
        OPENSSL_cleanse(schedule.cast(), size_of::<AES_KEY>());
        length
    };
    (usize::try_from(length).ok()? == output.len()).then_some(output)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn counters_wrap_among_their_own_bits() {
        let key = [7; 16];
        let mut counter = [9; 16];
        counter[15] = 0xfe;
        let zeros = [0; 64];
        let stream = ctr(&key, &counter, 8, &zeros).unwrap();
        counter[15] = 0;
        assert_eq!(stream[32..], ctr(&key, &counter, 8, &zeros[32..]).unwrap());
        assert!(ctr(&key, &counter, 1, &zeros[..33]).is_none());
        assert!(ctr(&key, &[0xff; 16], 128, &zeros).is_some());
        assert!(ctr(&key, &counter, 0, &zeros).is_none());
    }

    proptest! {
        #[test]
        fn round_trips(data in prop::collection::vec(any::<u8>(), 0..200), nonce in prop::collection::vec(any::<u8>(), 1..40), tag in 12_usize..=16) {
            let key = [3; 24];
            let sealed = gcm(Direction::Encrypt, &key, &nonce, b"more", tag, &data).unwrap();
            prop_assert_eq!(sealed.len(), data.len() + tag);
            prop_assert_eq!(gcm(Direction::Decrypt, &key, &nonce, b"more", tag, &sealed).unwrap(), data.clone());
            prop_assert!(gcm(Direction::Decrypt, &key, &nonce, b"less", tag, &sealed).is_none());
            let sealed = cbc(Direction::Encrypt, &key, &[1; 16], &data).unwrap();
            prop_assert_eq!(cbc(Direction::Decrypt, &key, &[1; 16], &sealed).unwrap(), data.clone());
            let _ = cbc(Direction::Decrypt, &key, &[1; 16], &data);
            let _ = key_wrap(Direction::Decrypt, &key, &data);
            if let Some(wrapped) = key_wrap(Direction::Encrypt, &key, &data) {
                prop_assert_eq!(key_wrap(Direction::Decrypt, &key, &wrapped).unwrap(), data);
            }
        }
    }
}
