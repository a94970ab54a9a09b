//! AES in the modes that programs use: CBC and ECB with padding, CTR, and GCM with authentication. Fed in pieces.
//! The block cipher and GHASH are the `RustCrypto` crates'; the modes around them are here.

use aes::cipher::{Block, BlockDecrypt, BlockEncrypt, KeyInit};
use aes::{Aes128, Aes192, Aes256};
use ghash::{GHash, universal_hash::UniversalHash};
use subtle::ConstantTimeEq;

/// Bytes of an AES block.
const BLOCK: usize = 16;

/// The mode of operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    Cbc,
    Ecb,
    Ctr,
    Gcm,
}

/// An algorithm such as `aes-256-cbc`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Algorithm {
    pub(crate) key_length: usize,
    pub(crate) mode: Mode,
}

impl Algorithm {
    /// The algorithm of a lower-case name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        let (bits, mode) = name.strip_prefix("aes-")?.split_once('-')?;
        let key_length = match bits {
            "128" => 16,
            "192" => 24,
            "256" => 32,
            _ => return None,
        };
        let mode = match mode {
            "cbc" => Mode::Cbc,
            "ecb" => Mode::Ecb,
            "ctr" => Mode::Ctr,
            "gcm" => Mode::Gcm,
            _ => return None,
        };
        Some(Self { key_length, mode })
    }

    fn accepts_iv(self, length: usize) -> bool {
        match self.mode {
            Mode::Cbc | Mode::Ctr => length == BLOCK,
            Mode::Ecb => length == 0,
            Mode::Gcm => length > 0,
        }
    }
}

/// Why a cipher refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CipherError {
    KeyLength,
    Iv,
    BadDecrypt,
    FinalBlockLength,
    Unauthenticated,
}

enum Key {
    Aes128(Box<Aes128>),
    Aes192(Box<Aes192>),
    Aes256(Box<Aes256>),
}

type AesBlock = Block<Aes128>;

impl Key {
    fn new(bytes: &[u8]) -> Option<Self> {
        Some(match bytes.len() {
            16 => Self::Aes128(Box::new(Aes128::new_from_slice(bytes).ok()?)),
            24 => Self::Aes192(Box::new(Aes192::new_from_slice(bytes).ok()?)),
            32 => Self::Aes256(Box::new(Aes256::new_from_slice(bytes).ok()?)),
            _ => return None,
        })
    }

    fn encrypt(&self, block: &mut [u8; BLOCK]) {
        let block = AesBlock::from_mut_slice(block);
        match self {
            Self::Aes128(key) => key.encrypt_block(block),
            Self::Aes192(key) => key.encrypt_block(block),
            Self::Aes256(key) => key.encrypt_block(block),
        }
    }

    fn decrypt(&self, block: &mut [u8; BLOCK]) {
        let block = AesBlock::from_mut_slice(block);
        match self {
            Self::Aes128(key) => key.decrypt_block(block),
            Self::Aes192(key) => key.decrypt_block(block),
            Self::Aes256(key) => key.decrypt_block(block),
        }
    }
}

fn xor(target: &mut [u8; BLOCK], other: &[u8; BLOCK]) {
    for (byte, with) in target.iter_mut().zip(other) {
        *byte ^= with;
    }
}

/// The part of GCM that authenticates (NIST SP 800-38D §7).
struct Authentication {
    hash: GHash,
    /// The encrypted first counter block, which masks the tag.
    mask: [u8; BLOCK],
    /// Data that does not fill a block yet.
    rest: Vec<u8>,
    aad_length: u64,
    text_length: u64,
    tag: Option<Vec<u8>>,
}

impl Authentication {
    fn feed(&mut self, bytes: &[u8]) {
        self.rest.extend_from_slice(bytes);
        let whole = self.rest.len() / BLOCK * BLOCK;
        if whole > 0 {
            self.hash
                .update_padded(self.rest.get(..whole).unwrap_or_default());
            self.rest.drain(..whole);
        }
    }

    fn pad(&mut self) {
        let rest = std::mem::take(&mut self.rest);
        self.hash.update_padded(&rest);
    }

    fn finish(&mut self) -> [u8; BLOCK] {
        self.pad();
        let mut lengths = [0; BLOCK];
        lengths[..8].copy_from_slice(&(self.aad_length * 8).to_be_bytes());
        lengths[8..].copy_from_slice(&(self.text_length * 8).to_be_bytes());
        self.hash.update_padded(&lengths);
        let mut tag: [u8; BLOCK] = self.hash.clone().finalize().into();
        xor(&mut tag, &self.mask);
        tag
    }
}

/// A cipher in the middle of a message.
pub(crate) struct Cipher {
    key: Key,
    mode: Mode,
    encrypts: bool,
    padding: bool,
    /// CBC: the previous cipher block. CTR and GCM: the next counter block.
    state: [u8; BLOCK],
    /// Block modes: input that waits. Counter modes: unused.
    waiting: Vec<u8>,
    /// Counter modes: what is left of the current key stream block.
    stream: Vec<u8>,
    authentication: Option<Authentication>,
}

impl Cipher {
    pub(crate) fn new(
        algorithm: Algorithm,
        key: &[u8],
        iv: &[u8],
        encrypts: bool,
    ) -> Result<Self, CipherError> {
        if key.len() != algorithm.key_length {
            return Err(CipherError::KeyLength);
        }
        let key = Key::new(key).ok_or(CipherError::KeyLength)?;
        if !algorithm.accepts_iv(iv.len()) {
            return Err(CipherError::Iv);
        }
        let mut cipher = Self {
            key,
            mode: algorithm.mode,
            encrypts,
            padding: true,
            state: [0; BLOCK],
            waiting: Vec::new(),
            stream: Vec::new(),
            authentication: None,
        };
        if algorithm.mode == Mode::Gcm {
            cipher.start_gcm(iv);
        } else if let Some(start) = cipher.state.get_mut(..iv.len()) {
            start.copy_from_slice(iv);
        }
        Ok(cipher)
    }

    fn start_gcm(&mut self, iv: &[u8]) {
        let mut subkey = [0; BLOCK];
        self.key.encrypt(&mut subkey);
        let hash = GHash::new(&subkey.into());
        // A 96-bit nonce is used as it is, any other is hashed.
        if iv.len() == 12 {
            self.state[..12].copy_from_slice(iv);
            self.state[15] = 1;
        } else {
            let mut nonce = hash.clone();
            nonce.update_padded(iv);
            let mut lengths = [0; BLOCK];
            lengths[8..].copy_from_slice(&(iv.len() as u64 * 8).to_be_bytes());
            nonce.update_padded(&lengths);
            self.state = nonce.finalize().into();
        }
        let mut mask = self.state;
        self.key.encrypt(&mut mask);
        self.count();
        self.authentication = Some(Authentication {
            hash,
            mask,
            rest: Vec::new(),
            aad_length: 0,
            text_length: 0,
            tag: None,
        });
    }

    /// The next counter: of 32 bits in GCM, of the whole block in CTR.
    fn count(&mut self) {
        let first = if self.mode == Mode::Gcm { BLOCK - 4 } else { 0 };
        for byte in self.state.iter_mut().skip(first).rev() {
            *byte = byte.wrapping_add(1);
            if *byte != 0 {
                break;
            }
        }
    }

    pub(crate) fn set_padding(&mut self, padding: bool) {
        self.padding = padding;
    }

    /// Data that is authenticated and not encrypted; before any other.
    pub(crate) fn authenticate(&mut self, bytes: &[u8]) -> bool {
        let Some(authentication) = &mut self.authentication else {
            return false;
        };
        authentication.aad_length += bytes.len() as u64;
        authentication.feed(bytes);
        true
    }

    /// The tag of a finished encryption.
    pub(crate) fn tag(&self) -> Option<&[u8]> {
        self.authentication
            .as_ref()?
            .tag
            .as_deref()
            .filter(|_| self.encrypts)
    }

    /// The tag that a decryption must find.
    pub(crate) fn expect_tag(&mut self, tag: &[u8]) -> bool {
        let Some(authentication) = &mut self.authentication else {
            return false;
        };
        authentication.tag = Some(tag.to_vec());
        !self.encrypts
    }

    pub(crate) fn update(&mut self, input: &[u8]) -> Vec<u8> {
        match self.mode {
            Mode::Cbc | Mode::Ecb => self.update_blocks(input),
            Mode::Ctr => self.apply_stream(input),
            Mode::Gcm => self.update_gcm(input),
        }
    }

    fn update_gcm(&mut self, input: &[u8]) -> Vec<u8> {
        let output = self.apply_stream(input);
        let encrypts = self.encrypts;
        if let Some(authentication) = &mut self.authentication {
            // The first text ends the additional data, which is padded by itself.
            if authentication.text_length == 0 && !input.is_empty() {
                authentication.pad();
            }
            authentication.text_length += input.len() as u64;
            authentication.feed(if encrypts { &output } else { input });
        }
        output
    }

    fn apply_stream(&mut self, input: &[u8]) -> Vec<u8> {
        let mut output = Vec::with_capacity(input.len());
        for byte in input {
            if self.stream.is_empty() {
                let mut block = self.state;
                self.key.encrypt(&mut block);
                self.count();
                // Taken from the end.
                self.stream.extend(block.iter().rev());
            }
            output.push(byte ^ self.stream.pop().unwrap_or_default());
        }
        output
    }

    fn update_blocks(&mut self, input: &[u8]) -> Vec<u8> {
        self.waiting.extend_from_slice(input);
        // Padding is in the last block: a decryption holds a whole one back.
        let held = usize::from(!self.encrypts && self.padding);
        let ready = self.waiting.len().saturating_sub(held) / BLOCK * BLOCK;
        let rest = self.waiting.split_off(ready);
        let whole = std::mem::replace(&mut self.waiting, rest);
        self.run_blocks(&whole)
    }

    fn run_blocks(&mut self, whole: &[u8]) -> Vec<u8> {
        let mut output = Vec::with_capacity(whole.len());
        for block in whole.as_chunks::<BLOCK>().0 {
            let mut work = *block;
            let chained = self.mode == Mode::Cbc;
            if self.encrypts {
                if chained {
                    xor(&mut work, &self.state);
                }
                self.key.encrypt(&mut work);
                self.state = work;
            } else {
                self.key.decrypt(&mut work);
                if chained {
                    xor(&mut work, &self.state);
                }
                self.state = *block;
            }
            output.extend_from_slice(&work);
        }
        output
    }

    pub(crate) fn finish(&mut self) -> Result<Vec<u8>, CipherError> {
        match self.mode {
            Mode::Ctr => Ok(Vec::new()),
            Mode::Gcm => self.finish_gcm(),
            Mode::Cbc | Mode::Ecb => self.finish_blocks(),
        }
    }

    fn finish_gcm(&mut self) -> Result<Vec<u8>, CipherError> {
        let encrypts = self.encrypts;
        let authentication = self
            .authentication
            .as_mut()
            .ok_or(CipherError::Unauthenticated)?;
        let found = authentication.finish();
        if encrypts {
            authentication.tag = Some(found.to_vec());
            return Ok(Vec::new());
        }
        let expected = authentication.tag.as_deref().unwrap_or_default();
        let start = found.get(..expected.len()).unwrap_or_default();
        if expected.is_empty() || !bool::from(start.ct_eq(expected)) {
            return Err(CipherError::Unauthenticated);
        }
        Ok(Vec::new())
    }

    fn finish_blocks(&mut self) -> Result<Vec<u8>, CipherError> {
        let mut waiting = std::mem::take(&mut self.waiting);
        if self.encrypts {
            if self.padding {
                // PKCS #7: one to sixteen bytes that say how many they are.
                let count = BLOCK - waiting.len() % BLOCK;
                waiting.resize(waiting.len() + count, u8::try_from(count).unwrap_or(0));
            }
            return if waiting.len().is_multiple_of(BLOCK) {
                Ok(self.run_blocks(&waiting))
            } else {
                Err(CipherError::FinalBlockLength)
            };
        }
        if !self.padding {
            return if waiting.is_empty() {
                Ok(Vec::new())
            } else {
                Err(CipherError::FinalBlockLength)
            };
        }
        if waiting.len() != BLOCK {
            return Err(CipherError::FinalBlockLength);
        }
        let mut last = self.run_blocks(&waiting);
        let count = last.last().copied().map_or(0, usize::from);
        let start = BLOCK
            .checked_sub(count)
            .filter(|start| *start < BLOCK)
            .ok_or(CipherError::BadDecrypt)?;
        if last
            .iter()
            .skip(start)
            .any(|byte| usize::from(*byte) != count)
        {
            return Err(CipherError::BadDecrypt);
        }
        last.truncate(start);
        Ok(last)
    }
}

#[cfg(test)]
mod tests {
    use super::{Algorithm, Cipher, CipherError};

    fn make(name: &str, key: &[u8], iv: &[u8], encrypts: bool) -> Cipher {
        Cipher::new(Algorithm::named(name).unwrap(), key, iv, encrypts).unwrap()
    }

    #[test]
    fn round_trips_in_pieces() {
        let text: Vec<u8> = (0..=255).collect();
        for (name, iv) in [
            ("aes-128-cbc", 16),
            ("aes-256-ecb", 0),
            ("aes-192-ctr", 16),
            ("aes-256-gcm", 12),
            ("aes-128-gcm", 8),
        ] {
            let key = vec![7; Algorithm::named(name).unwrap().key_length];
            let iv = vec![9; iv];
            let (mut there, mut packed) = (make(name, &key, &iv, true), Vec::new());
            there.authenticate(b"data");
            for piece in text.chunks(7) {
                packed.extend(there.update(piece));
            }
            packed.extend(there.finish().unwrap());
            let (mut back, mut out) = (make(name, &key, &iv, false), Vec::new());
            back.authenticate(b"data");
            if let Some(tag) = there.tag() {
                back.expect_tag(tag);
            }
            for piece in packed.chunks(5) {
                out.extend(back.update(piece));
            }
            out.extend(back.finish().unwrap());
            assert_eq!(out, text, "{name}");
        }
    }

    #[test]
    fn refuses_what_does_not_fit() {
        let cbc = Algorithm::named("aes-128-cbc").unwrap();
        assert_eq!(
            Cipher::new(cbc, &[0; 15], &[0; 16], true).err(),
            Some(CipherError::KeyLength)
        );
        assert_eq!(
            Cipher::new(cbc, &[0; 16], &[0; 12], true).err(),
            Some(CipherError::Iv)
        );
        assert!(Algorithm::named("aes-129-cbc").is_none());
        let mut cipher = make("aes-128-cbc", &[0; 16], &[0; 16], false);
        cipher.update(&[1; 5]);
        assert_eq!(cipher.finish().err(), Some(CipherError::FinalBlockLength));
        let mut gcm = make("aes-128-gcm", &[0; 16], &[0; 12], false);
        gcm.update(b"x");
        gcm.expect_tag(&[0; 16]);
        assert_eq!(gcm.finish().err(), Some(CipherError::Unauthenticated));
    }
}
