//! Gzip, whole buffers at a time. Never allocates more than the input can mean or a limit allows.

use libdeflater::{DecompressionError, Decompressor};

/// Deflate cannot do better than this; a length that promises more is a lie.
const GREATEST_RATIO: usize = 1032;

/// Decodes a gzip file of at most `limit` bytes.
pub(crate) fn gunzip(data: &[u8], limit: usize) -> Result<Vec<u8>, String> {
    let too_large = || format!("it is larger than {limit} bytes when unpacked");
    // The last four bytes say the length, modulo 2^32.
    let promised = data
        .last_chunk::<4>()
        .map_or(0, |bytes| u32::from_le_bytes(*bytes) as usize);
    let possible = data.len().saturating_mul(GREATEST_RATIO).saturating_add(64);
    let mut size = promised.min(possible).min(limit).max(1);
    let mut decompressor = Decompressor::new();
    loop {
        let mut out = vec![0; size];
        match decompressor.gzip_decompress(data, &mut out) {
            Ok(length) => {
                out.truncate(length);
                return Ok(out);
            }
            // Padding after the end, or a length beyond 4 GB.
            Err(DecompressionError::InsufficientSpace) => {
                if size >= limit.min(possible) {
                    return Err(too_large());
                }
                size = size.max(4096).saturating_mul(4).min(limit).min(possible);
            }
            Err(DecompressionError::BadData) => {
                return Err("it is no gzip file, or it is cut off or damaged".to_owned());
            }
        }
    }
}
