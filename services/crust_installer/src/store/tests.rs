//! The store with good tarballs and bad ones.

use super::*;

/// A tarball of files, with an entry type and a mode each.
fn tarball(files: &[(&str, &[u8], tar::EntryType)]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (path, content, kind) in files {
        let mut header = tar::Header::new_ustar();
        header.set_entry_type(*kind);
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        // The safe setter refuses what is tested here.
        header.as_mut_bytes()[..path.len()].copy_from_slice(path.as_bytes());
        header.set_cksum();
        builder.append(&header, *content).unwrap();
    }
    builder.into_inner().unwrap()
}

fn store() -> (PathBuf, Store) {
    let folder = std::env::temp_dir().join(format!("crust-store-{}", files::unique()));
    (folder.clone(), Store::new(&folder))
}

#[test]
fn a_package_is_stored_and_found() {
    let (folder, store) = store();
    let bytes = tarball(&[
        ("package/package.json", b"{}", tar::EntryType::Regular),
        ("package/lib/a.js", b"1", tar::EntryType::Regular),
        ("package/link", b"", tar::EntryType::Symlink),
    ]);
    let stored = store.add("k", "p", &bytes, TarballKind::Package).unwrap();
    let paths: Vec<&str> = stored
        .index
        .entries
        .iter()
        .map(|entry| entry.path.as_str())
        .collect();
    assert_eq!(paths, ["lib/a.js", "package.json"]);
    assert!(stored.folder.join("lib/a.js").is_file());
    assert_eq!(store.load("k").unwrap().index, stored.index);
    store.remove("k").unwrap();
    assert!(store.load("k").is_none());
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn paths_that_lead_out_refuse_the_tarball() {
    let (folder, store) = store();
    for path in ["package/../../evil", "/etc/evil", "package/a/../../../evil"] {
        let bytes = tarball(&[(path, b"x", tar::EntryType::Regular)]);
        let error = store
            .add("k", "p", &bytes, TarballKind::Package)
            .unwrap_err();
        assert_eq!(error.code(), "ERR_INSTALL_TARBALL", "{path}");
        assert!(store.load("k").is_none());
    }
    let left = std::fs::read_dir(folder.join("crust-v1/tmp"))
        .unwrap()
        .count();
    assert_eq!(left, 0);
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn damaged_gzip_is_refused() {
    let (folder, store) = store();
    for bytes in [&[0x1f, 0x8b, 8, 0, 0][..], b"", b"not a tarball at all"] {
        let error = store
            .add("k", "p", bytes, TarballKind::Package)
            .unwrap_err();
        assert_eq!(error.code(), "ERR_INSTALL_TARBALL");
    }
    std::fs::remove_dir_all(folder).unwrap();
}
