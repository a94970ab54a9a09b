//! Puts the commit's name into release builds, for `crust --revision`, and links them at a fixed
//! address. It never fails a build: a source tree without git has the revision "unknown".

use std::path::Path;
use std::process::Command;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    // Development builds would link again after every commit.
    let release = std::env::var("PROFILE").is_ok_and(|profile| profile == "release");
    let revision = if release {
        commit()
    } else {
        Some("development".to_owned())
    };
    println!(
        "cargo::rustc-env=CRUST_REVISION={}",
        revision.as_deref().unwrap_or("unknown")
    );
    // A program that can lie anywhere has its tables of addresses written anew at every start, which
    // costs a page fault and a private page each time. Libraries, heap and stack still move.
    let target = std::env::var("CARGO_CFG_TARGET_OS").unwrap_or_default();
    if release && target == "linux" {
        println!("cargo::rustc-link-arg-bins=-no-pie");
        // There the compiler brings a linker that can keep one of several equal functions.
        if std::env::var("CARGO_CFG_TARGET_ARCH").is_ok_and(|arch| arch == "x86_64") {
            println!("cargo::rustc-link-arg-bins=-Wl,--icf=all");
        }
    }
}

fn commit() -> Option<String> {
    let head = git(&["rev-parse", "--git-path", "logs/HEAD"])?;
    if Path::new(&head).exists() {
        println!("cargo::rerun-if-changed={head}");
    }
    git(&["rev-parse", "--short=9", "HEAD"])
}

fn git(arguments: &[&str]) -> Option<String> {
    let output = Command::new("git").args(arguments).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output
        .status
        .success()
        .then(|| text.trim().to_owned())
        .filter(|text| !text.is_empty())
}
