//! Random bytes of the kernel as ids, tokens and jitter.

use rustix::rand::{GetRandomFlags, getrandom};

/// Random bytes; zeros would only come from a kernel without `getrandom`.
fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0_u8; N];
    let _ = getrandom(&mut bytes[..], GetRandomFlags::empty());
    bytes
}

/// A version 4 UUID (RFC 9562).
pub(crate) fn uuid() -> String {
    let mut raw: [u8; 16] = bytes();
    raw[6] = (raw[6] & 0x0f) | 0x40;
    raw[8] = (raw[8] & 0x3f) | 0x80;
    let hex = hex(&raw);
    format!(
        "{}-{}-{}-{}-{}",
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..]
    )
}

/// 256 bits as hexadecimal digits, for a secret.
pub(crate) fn token() -> String {
    hex(&bytes::<32>())
}

/// A number below `limit`.
pub(crate) fn below(limit: u64) -> u64 {
    u64::from_le_bytes(bytes()).checked_rem(limit).unwrap_or(0)
}

/// Lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        text.push(char::from(DIGITS[usize::from(byte >> 4)]));
        text.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
    text
}
