//! Content codings: cut anywhere, stacked, truncated, broken, and built to explode.

use crate::decode::Decoder;
use crate::error::FetchError;
use bytes::Bytes;
use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};
use proptest::prelude::*;
use std::io::Write;

fn encode(coding: &str, data: &[u8]) -> Vec<u8> {
    let level = Compression::default();
    match coding {
        "gzip" => {
            let mut encoder = GzEncoder::new(Vec::new(), level);
            encoder.write_all(data).unwrap();
            encoder.finish().unwrap()
        }
        "deflate" => {
            let mut encoder = ZlibEncoder::new(Vec::new(), level);
            encoder.write_all(data).unwrap();
            encoder.finish().unwrap()
        }
        "raw deflate" => {
            let mut encoder = DeflateEncoder::new(Vec::new(), level);
            encoder.write_all(data).unwrap();
            encoder.finish().unwrap()
        }
        "br" => {
            let mut encoded = Vec::new();
            let mut encoder = brotli::CompressorWriter::new(&mut encoded, 4096, 5, 22);
            encoder.write_all(data).unwrap();
            drop(encoder);
            encoded
        }
        "zstd" => zstd::encode_all(data, 3).unwrap(),
        _ => data.to_vec(),
    }
}

fn decode(field: &str, pieces: &[&[u8]]) -> Result<Vec<u8>, FetchError> {
    let mut decoder = Decoder::new(field)?.expect("a coding");
    let mut output = Vec::new();
    for piece in pieces {
        decoder.feed(Bytes::copy_from_slice(piece));
        while let Some(piece) = decoder.pull()? {
            output.extend(piece);
        }
    }
    decoder.end();
    while let Some(piece) = decoder.pull()? {
        output.extend(piece);
    }
    decoder.check()?;
    Ok(output)
}

const CODINGS: [(&str, &str); 6] = [
    ("gzip", "gzip"),
    ("X-GZip", "gzip"),
    ("deflate", "deflate"),
    ("deflate", "raw deflate"),
    ("br", "br"),
    ("zstd", "zstd"),
];

fn sample(length: u32) -> Vec<u8> {
    (0..length)
        .flat_map(|number| (number % 1013).to_le_bytes())
        .collect()
}

#[test]
fn every_byte_apart_and_truncated() {
    let data = sample(3000);
    for (field, coding) in CODINGS {
        let encoded = encode(coding, &data);
        let bytes: Vec<&[u8]> = encoded.chunks(1).collect();
        assert!(decode(field, &bytes).unwrap() == data, "{coding}");
        for cut in [1, 5, encoded.len() / 2, encoded.len() - 1] {
            let result = decode(field, &[&encoded[..cut]]);
            assert!(
                matches!(result, Err(FetchError::Coding(_))),
                "{coding} cut at {cut}"
            );
        }
        assert!(
            decode(field, &[]).unwrap().is_empty(),
            "{coding} without a byte"
        );
    }
}

#[test]
fn stacked_repeated_and_followed() {
    let data = sample(50_000);
    let stacked = encode("br", &encode("zstd", &encode("gzip", &data)));
    let pieces: Vec<&[u8]> = stacked.chunks(977).collect();
    assert!(decode("gzip, zstd, identity, br", &pieces).unwrap() == data);
    let half = &stacked[..stacked.len() / 2];
    assert!(decode("gzip, zstd, br", &[half]).is_err());
    for coding in ["gzip", "zstd"] {
        let encoded = encode(coding, &data);
        let twice = [encoded.clone(), encoded].concat();
        let pieces: Vec<&[u8]> = twice.chunks(1000).collect();
        assert!(
            decode(coding, &pieces).unwrap() == [&data[..], &data].concat(),
            "{coding}"
        );
    }
    let followed = [encode("gzip", &data), b"junk".to_vec()].concat();
    assert!(decode("gzip", &[&followed]).unwrap() == data);
    assert!(Decoder::new("gzip, strange").unwrap().is_none());
    assert!(Decoder::new("identity").unwrap().is_none());
    assert!(Decoder::new(&"gzip,".repeat(50)).unwrap().is_none());
}

#[test]
fn a_bomb_goes_off_one_piece_at_a_time() {
    let zeros = vec![0; 64 * 1024 * 1024];
    for (field, coding) in CODINGS {
        let encoded = encode(coding, &zeros);
        assert!(encoded.len() < 256 * 1024);
        let mut decoder = Decoder::new(field).unwrap().unwrap();
        decoder.feed(Bytes::from(encoded));
        let first = decoder.pull().unwrap().unwrap();
        assert!(
            first.capacity() <= 64 * 1024,
            "{coding}: {}",
            first.capacity()
        );
        let mut total = first.len();
        while let Some(piece) = decoder.pull().unwrap() {
            assert!(piece.capacity() <= 64 * 1024);
            total += piece.len();
        }
        assert_eq!(total, zeros.len(), "{coding}");
    }
}

proptest! {
    #[test]
    fn any_cuts(length in 0_u32..20_000, size in 1_usize..5000, which in 0_usize..6) {
        let (field, coding) = CODINGS[which];
        let data = sample(length);
        let encoded = encode(coding, &data);
        let pieces: Vec<&[u8]> = encoded.chunks(size).collect();
        prop_assert!(decode(field, &pieces).unwrap() == data);
    }

    #[test]
    fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..2000), which in 0_usize..6) {
        let (field, _) = CODINGS[which];
        let _ = decode(field, &[&bytes]);
        let _ = decode("gzip, zstd, deflate, br", &[&bytes]);
    }

    #[test]
    fn damaged(at in 0_usize..1000, bit in 0_u8..8, which in 0_usize..6) {
        let (field, coding) = CODINGS[which];
        let mut encoded = encode(coding, &sample(2000));
        let at = at % encoded.len();
        encoded[at] ^= 1 << bit;
        let _ = decode(field, &[&encoded]);
    }
}
