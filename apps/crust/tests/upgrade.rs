//! `crust upgrade` against a server on the loopback: what it installs, what it refuses, and the way back.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::{Arc, Mutex};

use aws_lc_rs::digest::{SHA256, digest};
use crust_header::Header;

/// Serves bytes by path until the test's process ends. A path that leads to `http…` is a redirect.
struct Server {
    address: SocketAddr,
    files: Arc<Mutex<HashMap<String, Vec<u8>>>>,
}

impl Server {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let files: Arc<Mutex<HashMap<String, Vec<u8>>>> = Arc::default();
        let shared = Arc::clone(&files);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
                let request = lines.next().unwrap().unwrap();
                while !lines.next().unwrap().unwrap().is_empty() {}
                let path = request.split(' ').nth(1).unwrap();
                let answer = match shared.lock().unwrap().get(path) {
                    None => b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n".to_vec(),
                    Some(to) if to.starts_with(b"http") => {
                        let head = b"HTTP/1.1 302 Found\r\ncontent-length: 0\r\nlocation: ";
                        [head.as_slice(), to, b"\r\n\r\n"].concat()
                    }
                    Some(body) => {
                        let head =
                            format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", body.len());
                        [head.as_bytes(), body].concat()
                    }
                };
                // A client that has seen enough goes away.
                let _ = stream.write_all(&answer);
            }
        });
        Self { address, files }
    }

    fn put(&self, path: &str, body: impl Into<Vec<u8>>) {
        self.files
            .lock()
            .unwrap()
            .insert(path.to_owned(), body.into());
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }
}

/// A folder with a copy of the binary in it, removed at the end.
struct Place(PathBuf);

impl Place {
    fn new(name: &str) -> Self {
        let name = format!("crust-upgrade-{}-{name}", std::process::id());
        // Beside the binary, so that a second name is enough.
        let built = Path::new(env!("CARGO_BIN_EXE_crust"));
        let folder = built.with_file_name(name);
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::hard_link(built, folder.join("crust")).unwrap();
        Self(folder)
    }

    fn binary(&self) -> PathBuf {
        self.0.join("crust")
    }

    fn run(&self, words: &[&str]) -> Output {
        let mut command = Command::new(self.binary());
        command.args(words).env_remove("CRUST_UPGRADE_MANIFEST");
        command.output().unwrap()
    }

    fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(&self.0).unwrap();
        let mut names: Vec<String> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    /// The upgrade must fail with this code and change nothing.
    fn refused(&self, server: &Server, code: &str) {
        let output = self.run(&["upgrade", "--manifest", &server.url("/manifest.json")]);
        let text = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{text}");
        assert!(text.contains(code), "{code}: {text}");
        assert_eq!(self.names(), ["crust"], "{code}");
        assert!(self.run(&["--version"]).status.success());
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A program that is a version: it answers to `--version` and carries a stamp.
fn release(version: &str, kind: u8, header: &Header) -> Vec<u8> {
    let mut binary = format!("#!/bin/sh\necho {version}\nexit 0\n").into_bytes();
    binary.extend(b"crust:stamp:v1\0\0");
    binary.push(kind);
    binary.extend(header.stamp());
    binary.extend([0; 2]);
    binary
}

/// What is wrong with a manifest's members: url, size, sha256, stamp.
type Change = fn(&mut [String; 4]);

/// A manifest with one binary for this system.
fn manifest(version: &str, binary: &[u8], change: impl Fn(&mut [String; 4])) -> String {
    let sha256 = hex(digest(&SHA256, binary).as_ref());
    let stamp = hex(&Header::DEFAULT.stamp());
    let mut members = [
        "files/crust".to_owned(),
        binary.len().to_string(),
        sha256,
        stamp,
    ];
    change(&mut members);
    let [url, size, sha256, stamp] = members;
    let architecture = match std::env::consts::ARCH {
        "x86_64" => "x64",
        "aarch64" => "arm64",
        other => other,
    };
    let platform = format!("{}-{architecture}", std::env::consts::OS);
    format!(
        r#"{{"version":"{version}","binaries":{{"{platform}":{{"url":"{url}","size":{size},"sha256":"{sha256}","stamp":"{stamp}"}}}}}}"#
    )
}

fn hex(bytes: &[u8]) -> String {
    hex_simd::encode_to_string(bytes, hex_simd::AsciiCase::Lower)
}

#[test]
fn upgrades_and_goes_back_and_forth() {
    let (server, place) = (Server::start(), Place::new("back-and-forth"));
    let binary = release("9.8.7", 0, &Header::DEFAULT);
    server.put("/manifest.json", manifest("9.8.7", &binary, |_| {}));
    server.put("/files/crust", server.url("/elsewhere"));
    server.put("/elsewhere", binary.clone());
    let output = place.run(&["upgrade", "--manifest", &server.url("/manifest.json")]);
    let (said, told) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    assert!(output.status.success(), "{told}");
    assert!(said.contains("-> 9.8.7; the old version is "), "{said}");
    assert!(
        told.contains("100 % of ") && told.contains("SHA-256"),
        "{told}"
    );
    assert_eq!(place.names(), ["crust", "crust.old"]);
    assert_eq!(std::fs::read(place.binary()).unwrap(), binary);
    assert_eq!(place.run(&["--version"]).stdout, b"9.8.7\n");
    // The new version here is a script, so the old one goes back by its own name.
    let old = place.0.join("crust.old");
    std::fs::rename(place.binary(), place.0.join("new")).unwrap();
    std::fs::rename(&old, place.binary()).unwrap();
    std::fs::rename(place.0.join("new"), &old).unwrap();
    assert!(place.run(&["upgrade", "--rollback"]).status.success());
    assert_eq!(place.run(&["--version"]).stdout, b"9.8.7\n");
    assert_eq!(place.names(), ["crust", "crust.old"]);
}

#[test]
fn there_is_nothing_to_go_back_to() {
    let place = Place::new("no-earlier");
    let output = place.run(&["upgrade", "--rollback"]);
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(text.contains("ERR_UPGRADE_NO_EARLIER"), "{text}");
    assert!(!output.status.success());
}

#[test]
fn the_environment_names_the_manifest() {
    let (server, place) = (Server::start(), Place::new("environment"));
    let current = env!("CARGO_PKG_VERSION");
    server.put("/manifest.json", manifest(current, b"", |_| {}));
    let mut command = Command::new(place.binary());
    command
        .arg("upgrade")
        .env("CRUST_UPGRADE_MANIFEST", server.url("/manifest.json"));
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(said, format!("crust {current} is the newest version\n"));
    let without = place.run(&["upgrade"]);
    assert!(String::from_utf8_lossy(&without.stderr).contains("--manifest=URL"));
    assert_eq!(without.status.code(), Some(1));
}

#[test]
fn what_does_not_belong_together_is_refused() {
    let (server, place) = (Server::start(), Place::new("refused"));
    place.refused(&server, "ERR_UPGRADE_FETCH");
    server.put("/manifest.json", "{}");
    place.refused(&server, "ERR_UPGRADE_MANIFEST");
    let good = release("9.8.7", 0, &Header::DEFAULT);
    server.put("/files/crust", good.clone());
    server.put("/manifest.json", manifest("0.0.1", &good, |_| {}));
    place.refused(&server, "ERR_UPGRADE_OLDER");
    let changes: [(Change, &str); 5] = [
        (|members| members[1] = "10".to_owned(), "ERR_UPGRADE_SIZE"),
        (
            |members| members[1] = "100000".to_owned(),
            "ERR_UPGRADE_SIZE",
        ),
        (|members| members[2] = "ab".repeat(32), "ERR_UPGRADE_HASH"),
        (|members| members[3] = "00".repeat(13), "ERR_UPGRADE_STAMP"),
        (
            |members| members[0] = "file:///etc/passwd".to_owned(),
            "ERR_UPGRADE_URL",
        ),
    ];
    for (change, code) in changes {
        server.put("/manifest.json", manifest("9.8.7", &good, change));
        place.refused(&server, code);
    }
    let unstamped = b"#!/bin/sh\necho 9.8.7\n".to_vec();
    let failing = [b"#!/bin/sh\nexit 3\n".as_slice(), &good[good.len() - 32..]].concat();
    for (binary, code) in [
        (release("9.8.6", 0, &Header::DEFAULT), "ERR_UPGRADE_VERSION"),
        (failing, "ERR_UPGRADE_VERSION"),
        (unstamped, "ERR_UPGRADE_STAMP"),
        (release("9.8.7", 1, &Header::DEFAULT), "ERR_UPGRADE_STAMP"),
    ] {
        server.put("/manifest.json", manifest("9.8.7", &binary, |_| {}));
        server.put("/files/crust", binary);
        place.refused(&server, code);
    }
    server.put("/files/crust", server.url("/files/crust"));
    place.refused(&server, "ERR_UPGRADE_FETCH");
}

/// The binary itself carries one stamp, and one that is changed as a compiled program's is obeyed.
#[test]
fn a_compiled_program_obeys_its_stamp() {
    use crust_header_file::Stamp;
    let place = Place::new("compiled");
    let mut bytes = std::fs::read(place.binary()).unwrap();
    let stamp = Stamp::of_binary(&bytes).unwrap();
    assert_eq!(stamp.header(), Ok(Header::DEFAULT));
    assert!(!stamp.compiled);
    let mut header = Header::DEFAULT;
    header.features.0 = 4;
    Stamp::write_compiled(&mut bytes, &header).unwrap();
    std::fs::remove_file(place.binary()).unwrap();
    std::fs::write(place.binary(), bytes).unwrap();
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(place.binary(), mode).unwrap();
    std::fs::write(place.0.join("crust.lockb"), Header::DEFAULT.encode()).unwrap();
    let mut command = Command::new(place.binary());
    command
        .args(["-p", "Bun.config.features.DEBUG"])
        // It carries no program to run.
        .env("BUN_BE_BUN", "1")
        .current_dir(&place.0);
    let output = command.output().unwrap();
    assert_eq!(output.stdout, b"true\n", "{output:?}");
}
