//! `MurmurHash3` x86 32-bit, the public-domain function by Austin Appleby. Not for anything an attacker
//! chooses.

const C1: u32 = 0xcc9e_2d51;
const C2: u32 = 0x1b87_3593;

/// The hash of `bytes`. Usable in constants.
#[inline]
pub const fn murmur3(mut bytes: &[u8], seed: u32) -> u32 {
    // The hash takes the length modulo 2^32 by definition.
    #[expect(clippy::cast_possible_truncation, reason = "by definition of the hash")]
    let length = bytes.len() as u32;
    let mut hash = seed;
    while let [a, b, c, d, rest @ ..] = bytes {
        hash ^= mixed(u32::from_le_bytes([*a, *b, *c, *d]));
        hash = hash
            .rotate_left(13)
            .wrapping_mul(5)
            .wrapping_add(0xe654_6b64);
        bytes = rest;
    }
    let tail = match bytes {
        [a] => u32::from_le_bytes([*a, 0, 0, 0]),
        [a, b] => u32::from_le_bytes([*a, *b, 0, 0]),
        [a, b, c] => u32::from_le_bytes([*a, *b, *c, 0]),
        _ => 0,
    };
    // A tail of zeros mixes to zero, as no tail does.
    hash ^= mixed(tail) ^ length;
    hash = (hash ^ (hash >> 16)).wrapping_mul(0x85eb_ca6b);
    hash = (hash ^ (hash >> 13)).wrapping_mul(0xc2b2_ae35);
    hash ^ (hash >> 16)
}

const fn mixed(block: u32) -> u32 {
    block.wrapping_mul(C1).rotate_left(15).wrapping_mul(C2)
}

#[cfg(test)]
mod tests {
    use super::murmur3;

    #[test]
    fn hashes_as_published() {
        // Vectors of the reference implementation's users, one for each length of the tail.
        assert_eq!(murmur3(b"", 0), 0);
        assert_eq!(murmur3(b"", 1), 0x514e_28b7);
        assert_eq!(murmur3(b"\0", 0), 0x514e_28b7);
        assert_eq!(murmur3(b"\0\0", 0), 0x30f4_c306);
        assert_eq!(murmur3(b"\0\0\0", 0), 0x85f0_b427);
        assert_eq!(murmur3(b"\0\0\0\0", 0), 0x2362_f9de);
        assert_eq!(murmur3(b"Hello, world!", 0x9747_b28c), 0x2488_4cba);
        assert_eq!(murmur3(b"aaa", 0x9747_b28c), 0x283e_0130);
    }

    #[test]
    fn the_test_vector_of_the_header() {
        let url = concat!("https://registry.", "mycompany", ".com");
        assert_eq!(murmur3(url.as_bytes(), 0x9747_b28c), 0xbcd5_d947);
    }
}
