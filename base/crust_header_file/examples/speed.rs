//! Times the header: decoding, flags, hash, the read at start-up, and a durable write beside a bare one.
//! One line a figure: a name, a tab, a number. `cargo xtask bench header` reads it; it asserts nothing.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a measurement that cannot run has nothing to report"
)]

use std::fs::File;
use std::hint::black_box;
use std::os::unix::fs::FileExt as _;
use std::path::Path;
use std::time::Instant;

use crust_header::{DEFAULT_REGISTRY, Feature, Features, HEADER_LENGTH, Header, RegistryHash};
use crust_header_file::{FileError, Guard, Snapshot, bootstrap, find, path_in, update};

/// Operations of one timed loop.
const LOOP: u32 = 1_000_000;
/// Loops of which the middle is taken.
const ROUNDS: usize = 15;

fn main() {
    let print = |name: &str, value: f64| println!("{name}\t{value:.3}");
    let headers: Vec<[u8; HEADER_LENGTH]> = (0..16).map(|bits| header(bits).encode()).collect();
    print(
        "decode",
        nanoseconds(|turn| {
            black_box(Header::decode(black_box(&headers[turn as usize % 16])).is_ok());
        }),
    );
    print(
        "encode",
        nanoseconds(|turn| {
            black_box(header(black_box(turn)).encode());
        }),
    );
    let words: Vec<Features> = (0..16).map(Features).collect();
    print(
        "feature",
        nanoseconds(|turn| {
            black_box(black_box(words[turn as usize % 16]).has(Feature::Debug));
        }),
    );
    print(
        "hash",
        nanoseconds(|_| {
            black_box(RegistryHash::of_url(black_box(DEFAULT_REGISTRY)));
        }),
    );
    print(
        "empty",
        nanoseconds(|turn| {
            black_box(turn);
        }),
    );
    let folder = std::env::current_dir()
        .expect("a folder")
        .join(format!("header-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("the folder is created");
    files(&folder, &print);
    std::fs::remove_dir_all(&folder).expect("the folder is removed");
}

fn header(bits: u32) -> Header {
    Header {
        features: Features(bits),
        ..Header::DEFAULT
    }
}

/// Nanoseconds for one call, the middle of some loops.
fn nanoseconds(mut act: impl FnMut(u32)) -> f64 {
    middle((0..ROUNDS).map(|_| {
        let started = Instant::now();
        for turn in 0..LOOP {
            act(turn);
        }
        started.elapsed().as_secs_f64() * 1e9 / f64::from(LOOP)
    }))
}

fn middle(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn micros(act: impl FnOnce()) -> f64 {
    let started = Instant::now();
    act();
    started.elapsed().as_secs_f64() * 1e6
}

fn files(folder: &Path, print: &dyn Fn(&str, f64)) {
    let made = bootstrap(folder, RegistryHash::DEFAULT).expect("a header is written");
    print("bootstrap", made.took.as_secs_f64() * 1e6);
    let path = path_in(folder);
    let read = || {
        black_box(find(folder).is_ok());
    };
    print("read", middle((0..2001).map(|_| micros(read))));
    let snapshot = |_| {
        let snapshot = Snapshot::take(folder, |_| Ok(<_>::default())).expect("a header");
        micros(|| {
            black_box(snapshot.inheritance().is_ok());
        })
    };
    print("inheritance", middle((0..101).map(snapshot)));
    // In turn, so that a busy disk slows both alike.
    let bare = File::options()
        .read(true)
        .write(true)
        .open(folder.join("bare"));
    let bare = bare.or_else(|_| {
        std::fs::write(folder.join("bare"), [0; 108])?;
        File::options().write(true).open(folder.join("bare"))
    });
    let bare = bare.expect("a file");
    bare.sync_all().expect("it is on the disk");
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for turn in 1..=101_u8 {
        theirs.push(micros(|| {
            bare.write_all_at(&[turn; 20], 4).expect("it is written");
            bare.sync_all().expect("it is on the disk");
        }));
        ours.push(micros(|| {
            update::<FileError>(&path, Guard::default(), |header| {
                header.features = Features(turn.into());
                Ok(())
            })
            .expect("it is written");
        }));
    }
    print("set", middle(ours.into_iter()));
    print("bare", middle(theirs.into_iter()));
}
