//! Masking of payloads (RFC 6455 §5.3), in blocks that the compiler turns into vector instructions.

const BLOCK: usize = 32;

/// Applies a mask in place, which both masks and unmasks. `offset` is how many bytes of the payload
/// came before these.
pub fn unmask(bytes: &mut [u8], key: [u8; 4], offset: usize) {
    let mut pattern = [0_u8; BLOCK];
    for (slot, index) in pattern.iter_mut().zip(offset..) {
        *slot = key.get(index % 4).copied().unwrap_or_default();
    }
    let (blocks, rest) = bytes.as_chunks_mut::<BLOCK>();
    for block in blocks {
        for (byte, mask) in block.iter_mut().zip(pattern) {
            *byte ^= mask;
        }
    }
    for (byte, mask) in rest.iter_mut().zip(pattern) {
        *byte ^= mask;
    }
}
