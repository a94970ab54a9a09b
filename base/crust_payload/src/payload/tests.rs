//! What is written is read, and a damaged executable is refused.

use super::*;
use crate::write::{Contents, NewFile, write};
use crust_header::Header;
use std::path::PathBuf;

/// A binary of a program that carries a stamp.
fn binary() -> Vec<u8> {
    let mut binary = vec![b'x'; 5000];
    binary.extend(b"crust:stamp:v1");
    binary.extend([0, 0, 0]);
    binary.extend(Header::DEFAULT.stamp());
    binary.extend([0, 0, b'y']);
    binary
}

fn contents() -> Contents {
    let file = |path: &str, bytes: &[u8], asset| NewFile {
        path: path.to_owned(),
        bytes: bytes.to_vec(),
        asset,
    };
    Contents {
        entry: "main.js".to_owned(),
        exec_argv: vec!["--smol".to_owned()],
        feature_names: "11 MINE".to_owned(),
        files: vec![
            file("main.js", b"run()", false),
            file("empty", b"", true),
            file("a/b.bin", &[0, 255, 7], true),
        ],
    }
}

/// A file that goes away with its value.
struct Temporary(PathBuf);

impl Temporary {
    fn new(name: &str, bytes: &[u8]) -> Self {
        let name = format!("crust-payload-{}-{name}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::write(&path, bytes).unwrap();
        Self(path)
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

#[test]
fn what_is_written_is_read() {
    let mut header = Header::DEFAULT;
    header.features.0 = 4;
    let made = write(binary(), &header, contents()).unwrap();
    let stamp = crust_header_file::Stamp::of_binary(&made).unwrap();
    assert_eq!((stamp.compiled, stamp.header()), (true, Ok(header)));
    let file = Temporary::new("whole", &made);
    let payload = Payload::open(&file.0).unwrap();
    assert_eq!(payload.entry(), format!("{ROOT}main.js"));
    assert_eq!(payload.index.exec_argv, ["--smol"]);
    let read = |path: &str| payload.read(payload.find(&format!("{ROOT}{path}")).unwrap());
    assert_eq!(read("main.js").unwrap(), b"run()");
    assert_eq!(read("empty").unwrap(), b"");
    assert_eq!(read("a/b.bin").unwrap(), [0, 255, 7]);
    assert!(payload.find("main.js").is_none());
    assert!(payload.find(&format!("{ROOT}other")).is_none());
    let open = payload.open_file(payload.find(&format!("{ROOT}a/b.bin")).unwrap());
    let open = File::from(open.unwrap());
    assert_eq!(open.metadata().unwrap().len(), 3);
    assert!(open.write_all_at(b"x", 0).is_err());
}

#[test]
fn a_compiled_program_carries_no_other() {
    let made = write(binary(), &Header::DEFAULT, contents()).unwrap();
    let again = write(made, &Header::DEFAULT, contents());
    assert!(matches!(again, Err(PayloadError::Compiled)));
    let none = write(vec![1; 9], &Header::DEFAULT, contents());
    assert!(matches!(none, Err(PayloadError::Stamp(_))));
}

#[test]
fn a_program_that_carries_a_stamp_is_refused() {
    let mut contents = contents();
    contents.files.push(NewFile {
        path: "crust".to_owned(),
        bytes: binary(),
        asset: true,
    });
    let made = write(binary(), &Header::DEFAULT, contents);
    assert!(matches!(made, Err(PayloadError::Damaged(_))));
}

#[test]
fn a_damaged_executable_is_refused() {
    let made = write(binary(), &Header::DEFAULT, contents()).unwrap();
    let mut long = made.clone();
    long.push(0);
    let mut index = made.clone();
    let at = made.len() - LENGTH - 1;
    index[at] = b'x';
    for (name, bytes) in [
        ("empty", &[][..]),
        ("short", &made[..made.len() - 1]),
        ("cut", &made[made.len() - LENGTH..]),
        ("long", &long),
        ("index", &index),
    ] {
        let file = Temporary::new(name, bytes);
        assert!(Payload::open(&file.0).is_err(), "{name}");
    }
}

/// An executable whose index was changed by somebody who knows how to write one.
fn with_index(change: impl FnOnce(&mut Index)) -> Vec<u8> {
    let made = write(binary(), &Header::DEFAULT, contents()).unwrap();
    let end: &[u8; LENGTH] = made[made.len() - LENGTH..].try_into().unwrap();
    let trailer = Trailer::decode(end, made.len() as u64).unwrap();
    let start = usize::try_from(trailer.offset + trailer.contents).unwrap();
    let mut index = serde_json::from_slice(&made[start..made.len() - LENGTH]).unwrap();
    change(&mut index);
    let text = serde_json::to_vec(&index).unwrap();
    let trailer = Trailer {
        index: text.len() as u64,
        checksum: crc32fast::hash(&text),
        ..trailer
    };
    [&made[..start], &text, &trailer.encode()].concat()
}

#[test]
fn an_index_that_cannot_be_true_is_refused() {
    let check = |name: &str, change: fn(&mut Index), expect: &str| {
        let file = Temporary::new(name, &with_index(change));
        match Payload::open(&file.0) {
            Err(PayloadError::Damaged(message)) => assert_eq!(message, expect, "{name}"),
            other => panic!("{name}: {other:?}"),
        }
    };
    let outside = "a file lies outside of it";
    check("long", |index| index.files[2].length = 9, outside);
    check("huge", |index| index.files[0].length = u64::MAX, outside);
    check("far", |index| index.files[0].offset = u64::MAX, outside);
    check(
        "entry",
        |index| index.entry = "x.js".to_owned(),
        "it has no program",
    );
    check("none", |index| index.files.clear(), "it has no program");
    let file = Temporary::new("same", &with_index(|_| {}));
    assert!(Payload::open(&file.0).is_ok());
}

#[test]
fn every_flipped_bit_of_a_payload_is_noticed() {
    let made = write(binary(), &Header::DEFAULT, contents()).unwrap();
    let end: &[u8; LENGTH] = made[made.len() - LENGTH..].try_into().unwrap();
    let start = Trailer::decode(end, made.len() as u64).unwrap().offset;
    for bit in usize::try_from(start).unwrap() * 8..made.len() * 8 {
        let mut bytes = made.clone();
        bytes[bit / 8] ^= 1 << (bit % 8);
        let file = Temporary::new("bit", &bytes);
        let Ok(payload) = Payload::open(&file.0) else {
            continue;
        };
        let mut files = payload.index.files.iter();
        let noticed = files.any(|file| payload.read(file).is_err());
        assert!(noticed, "bit {bit} of {} bytes", made.len());
    }
}
