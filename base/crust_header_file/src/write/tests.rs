//! What a writer changes, what it leaves when it dies at any step, and what it refuses.

use std::cell::Cell;
use std::io;
use std::os::fd::OwnedFd;
use std::path::Path;

use crust_header::{
    BUN_LOCKFILE_START, ConfigVersion, Feature, Features, HEADER_LENGTH, Header, RegistryHash,
};
use rustix::fs::Mode;

use super::*;
use crate::testing::Folder;

const PACKAGES: &[u8] = b"\x02\0\0\0 two packages";

fn whole(header: &Header, section: &[u8]) -> Vec<u8> {
    [header.encode().as_slice(), section].concat()
}

fn debug_on(header: &mut Header) -> Result<(), FileError> {
    header.features = header.features.with(Feature::Debug, true);
    Ok(())
}

/// A disk whose process dies before its step number `left`. A file that nobody sees yet may be half
/// written by then.
struct Dying {
    left: Cell<usize>,
}

impl Dying {
    fn step<T>(&self, act: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
        let left = self.left.get();
        self.left.set(left.saturating_sub(1));
        if left == 0 {
            return Err(io::Error::other("dead"));
        }
        act()
    }
}

impl Disk for Dying {
    fn create(&self, path: &Path, mode: Mode) -> io::Result<OwnedFd> {
        self.step(|| System.create(path, mode))
    }

    fn write_at(&self, file: &OwnedFd, bytes: &[u8], offset: u64) -> io::Result<()> {
        if self.left.get() == 1 && offset == 0 {
            self.left.set(0);
            System.write_at(file, &bytes[..bytes.len() / 2], offset)?;
            return Err(io::Error::other("dead"));
        }
        self.step(|| System.write_at(file, bytes, offset))
    }

    fn sync(&self, file: &OwnedFd) -> io::Result<()> {
        self.step(|| System.sync(file))
    }

    fn publish_new(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.step(|| System.publish_new(from, to))
    }

    fn replace(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.step(|| System.replace(from, to))
    }

    fn sync_folder(&self, path: &Path) -> io::Result<()> {
        self.step(|| System.sync_folder(path))
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.step(|| System.remove(path))
    }
}

/// Runs `act` on disks that die at every step, from the first to the one that is never reached, and
/// answers how many steps there were.
fn killed_at_every_step(
    act: impl Fn(&Dying) -> Result<(), FileError>,
    check: impl Fn(bool),
) -> usize {
    for left in 0..20 {
        let disk = Dying {
            left: Cell::new(left),
        };
        let outcome = act(&disk);
        check(outcome.is_ok());
        if outcome.is_ok() {
            return left;
        }
    }
    panic!("it never ends");
}

#[test]
fn a_new_project_gets_a_header_once() {
    let folder = Folder::new();
    let first = bootstrap(folder.path(), RegistryHash::DEFAULT).unwrap();
    assert!(first.created);
    let expected = whole(&Header::DEFAULT, &[0; 4]);
    assert_eq!(std::fs::read(&first.path).unwrap(), expected);
    let second = bootstrap(folder.path(), RegistryHash(1)).unwrap();
    assert!(!second.created);
    assert_eq!(second.header, Header::DEFAULT);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn an_update_changes_the_field_and_the_checksum() {
    let folder = Folder::new();
    let before = whole(&Header::DEFAULT, PACKAGES);
    let path = folder.file(&before);
    update_on(&System, &path, Guard::default(), debug_on).unwrap();
    let after = std::fs::read(&path).unwrap();
    assert_eq!(after.len(), before.len());
    let differing: Vec<usize> = (0..after.len())
        .filter(|at| before[*at] != after[*at])
        .collect();
    assert!(differing.contains(&9));
    assert!(
        differing.iter().all(|at| *at == 9 || (16..24).contains(at)),
        "{differing:?}"
    );
}

#[test]
fn a_dead_update_leaves_the_old_or_the_new_header() {
    let folder = Folder::new();
    let old = whole(&Header::DEFAULT, PACKAGES);
    let mut header = Header::DEFAULT;
    debug_on(&mut header).unwrap();
    let new = whole(&header, PACKAGES);
    let path = folder.file(&old);
    let act = |disk: &Dying| {
        std::fs::write(&path, &old).unwrap();
        update_on(disk, &path, Guard::default(), debug_on).map(|_| ())
    };
    let steps = killed_at_every_step(act, |done| {
        let found = std::fs::read(&path).unwrap();
        assert!(found == new || (found == old && !done));
    });
    assert_eq!(steps, 2);
}

#[test]
fn a_dead_bootstrap_leaves_nothing_or_the_header() {
    let folder = Folder::new();
    let path = read::path_in(folder.path());
    let new = whole(&Header::DEFAULT, &[0; 4]);
    let act = |disk: &Dying| {
        let _ = std::fs::remove_file(&path);
        create(disk, &path, &Header::DEFAULT).map(|_| ())
    };
    let steps = killed_at_every_step(act, |done| match std::fs::read(&path) {
        Ok(found) => assert_eq!(found, new),
        Err(_) => assert!(!done),
    });
    assert_eq!(steps, 5);
}

#[test]
fn a_dead_replacement_of_packages_leaves_the_old_or_the_new_file() {
    let folder = Folder::new();
    let old = whole(&Header::DEFAULT, &[0; 4]);
    let new = whole(&Header::DEFAULT, PACKAGES);
    let path = folder.file(&old);
    let act = |disk: &Dying| {
        std::fs::write(&path, &old).unwrap();
        replace_packages_on(disk, &path, PACKAGES)
    };
    let steps = killed_at_every_step(act, |done| {
        let found = std::fs::read(&path).unwrap();
        assert!(found == new || (found == old && !done));
    });
    assert_eq!(steps, 5);
    let (header, section) = read_packages(&path).unwrap();
    assert_eq!((header, section.as_slice()), (Header::DEFAULT, PACKAGES));
}

#[test]
fn many_writers_lose_nothing() {
    let folder = Folder::new();
    let path = folder.file(&whole(&Header::DEFAULT, &[0; 4]));
    std::thread::scope(|scope| {
        for bit in 0..4_u8 {
            let path = &path;
            scope.spawn(move || {
                for round in 0..8 {
                    let bit = bit * 8 + round;
                    update_on::<FileError>(&System, path, Guard::default(), |header| {
                        header.features = header.features.with_bit(bit, true);
                        Ok(())
                    })
                    .unwrap();
                }
            });
        }
        // Packages come and go meanwhile, by replacing the file.
        scope.spawn(|| {
            for length in 0..8 {
                replace_packages(&path, &vec![7; length]).unwrap();
            }
        });
        scope.spawn(|| {
            while read::read(&path).unwrap().features != Features(u32::MAX) {
                std::thread::yield_now();
            }
        });
    });
    assert_eq!(read::read(&path).unwrap().features, Features(u32::MAX));
    assert_eq!(read_packages(&path).unwrap().1, [7; 7]);
}

#[test]
fn the_version_falls_only_on_demand() {
    let folder = Folder::new();
    let path = folder.file(&whole(&Header::DEFAULT, &[0; 4]));
    let lower = |guard| {
        update_on::<FileError>(&System, &path, guard, |header| {
            header.version = ConfigVersion::Legacy;
            Ok(())
        })
    };
    let refused = lower(Guard::default()).unwrap_err();
    assert_eq!(refused.code(), "ERR_CONFIG_DOWNGRADE");
    assert_eq!(read::read(&path).unwrap(), Header::DEFAULT);
    let downgrade = Guard {
        downgrade: true,
        ..Guard::default()
    };
    assert_eq!(
        lower(downgrade).unwrap().after.version,
        ConfigVersion::Legacy
    );
}

#[test]
fn what_is_no_header_stays_as_it_is() {
    let bun = [BUN_LOCKFILE_START, &[b'\n'; 200]].concat();
    let mut checksum = whole(&Header::DEFAULT, PACKAGES);
    checksum[10] ^= 1;
    let mut magic = checksum.clone();
    magic[0] = 0;
    let mut reserved = whole(&Header::DEFAULT, PACKAGES);
    reserved[HEADER_LENGTH - 1] = 1;
    for (bytes, code) in [
        (bun, "ERR_CONFIG_BUN_LOCKFILE"),
        (Vec::new(), "ERR_CONFIG_SHORT"),
        (vec![b'B'; 103], "ERR_CONFIG_SHORT"),
        (checksum, "ERR_CONFIG_CHECKSUM"),
        (magic, "ERR_CONFIG_MAGIC"),
        (reserved, "ERR_CONFIG_RESERVED"),
    ] {
        let folder = Folder::new();
        let path = folder.file(&bytes);
        let errors = [
            update_on(&System, &path, Guard::default(), debug_on).unwrap_err(),
            replace_packages(&path, PACKAGES).unwrap_err(),
            bootstrap(folder.path(), RegistryHash::DEFAULT).unwrap_err(),
            read::read(&path).unwrap_err(),
            read::find(&folder.path().join("inside")).unwrap_err(),
            read_packages(&path).unwrap_err(),
        ];
        for error in errors {
            assert_eq!(error.code(), code, "{error}");
        }
        assert_eq!(std::fs::read(&path).unwrap(), bytes);
    }
}

#[test]
fn what_is_no_file_is_named() {
    let folder = Folder::new();
    let path = read::path_in(folder.path());
    let codes = |path: &Path| {
        [
            read::read(path).unwrap_err().code(),
            update_on(&System, path, Guard::default(), debug_on)
                .unwrap_err()
                .code(),
        ]
    };
    assert_eq!(codes(&path), ["ERR_CONFIG_MISSING"; 2]);
    assert_eq!(codes(&path.join("below")), ["ERR_CONFIG_MISSING"; 2]);
    assert_eq!(read::find(folder.path()).unwrap(), None);
    std::fs::create_dir(&path).unwrap();
    assert_eq!(codes(&path), ["ERR_CONFIG_NOT_A_FILE"; 2]);
    let refused = bootstrap(folder.path(), RegistryHash::DEFAULT).unwrap_err();
    assert_eq!(refused.code(), "ERR_CONFIG_NOT_A_FILE");
    std::fs::remove_dir(&path).unwrap();
    let mode = Mode::from_raw_mode(0o600);
    rustix::fs::mknodat(rustix::fs::CWD, &path, FileType::Fifo, mode, 0).unwrap();
    assert_eq!(codes(&path), ["ERR_CONFIG_NOT_A_FILE"; 2]);
}

#[test]
fn refusals_of_the_system_have_codes() {
    let path = Path::new("crust.lockb");
    let code = |error: Errno| FileError::writing(path, error).code();
    assert_eq!(code(Errno::ACCESS), "ERR_CONFIG_PERMISSION");
    assert_eq!(code(Errno::ROFS), "ERR_CONFIG_PERMISSION");
    assert_eq!(code(Errno::NOSPC), "ERR_CONFIG_IO");
    let words = FileError::writing(path, Errno::NOSPC).to_string();
    assert_eq!(
        words,
        "crust.lockb cannot be written: No space left on device"
    );
}

#[test]
fn a_project_is_found_from_inside() {
    let folder = Folder::new();
    let path = folder.file(&whole(&Header::DEFAULT, &[0; 4]));
    let inside = folder.path().join("a/b");
    std::fs::create_dir_all(&inside).unwrap();
    let found = read::find(&inside).unwrap().unwrap();
    assert_eq!((found.path, found.header), (path, Header::DEFAULT));
}
