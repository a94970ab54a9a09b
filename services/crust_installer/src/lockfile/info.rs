//! The object that a package's line holds: dependencies, peers, platforms and commands.

use std::sync::Arc;

use super::write::quote;
use crate::graph::{Behavior, Bin, Dependency, Graph, PackageId};

/// A list of dependencies by its key, and who belongs to it.
type Group = (&'static str, fn(Behavior) -> bool);

/// The lists in their order.
pub(super) static GROUPS: [Group; 4] = [
    ("dependencies", |behavior| {
        behavior.has(Behavior::PRODUCTION)
    }),
    ("devDependencies", |behavior| {
        behavior.has(Behavior::DEVELOPMENT)
    }),
    ("optionalDependencies", |behavior| {
        behavior.has(Behavior::OPTIONAL) && !behavior.has(Behavior::PEER)
    }),
    ("peerDependencies", |behavior| behavior.has(Behavior::PEER)),
];

/// The object of a package, on one line.
pub(super) fn object(graph: &Graph, package: PackageId, bundled: bool) -> String {
    let found = graph.package(package);
    let own: Vec<&Dependency> = graph
        .dependencies_of(package)
        .map(|id| graph.dependency(id))
        .collect();
    let mut members: Vec<String> = Vec::new();
    for (key, belongs) in GROUPS {
        let group: Vec<(&str, &str)> = own
            .iter()
            .filter(|dependency| belongs(dependency.behavior))
            .map(|dependency| (&*dependency.name, &*dependency.literal))
            .collect();
        if !group.is_empty() {
            members.push(format!("\"{key}\": {}", map(&group)));
        }
    }
    let optional: Vec<&str> = own
        .iter()
        .filter(|dependency| dependency.behavior.is_optional_peer())
        .map(|dependency| &*dependency.name)
        .collect();
    if !optional.is_empty() {
        members.push(format!("\"optionalPeers\": {}", list(&optional)));
    }
    if bundled {
        members.push("\"bundled\": true".to_owned());
    }
    let meta = &found.meta;
    for (key, names, known) in [
        ("os", &meta.os, OS),
        ("cpu", &meta.cpu, CPU),
        ("libc", &meta.libc, LIBC),
    ] {
        if let Some(text) = platforms(names, known) {
            members.push(format!("\"{key}\": {text}"));
        }
    }
    if meta.has_install_script {
        members.push("\"hasInstallScript\": true".to_owned());
    }
    if let Some(bin) = bin_member(&meta.bin) {
        members.push(bin);
    }
    braces(&members)
}

/// An object with nothing but the commands.
pub(super) fn bin_object(bin: &Bin) -> String {
    braces(&bin_member(bin).into_iter().collect::<Vec<_>>())
}

fn bin_member(bin: &Bin) -> Option<String> {
    let mut text = String::new();
    match bin {
        Bin::None => return None,
        Bin::File(file) => {
            text.push_str("\"bin\": ");
            quote(&mut text, file);
        }
        Bin::Map(files) => {
            let files: Vec<(&str, &str)> = files
                .iter()
                .map(|(name, file)| (&**name, &**file))
                .collect();
            text.push_str("\"bin\": ");
            text.push_str(&map(&files));
        }
        Bin::Directory(folder) => {
            text.push_str("\"binDir\": ");
            quote(&mut text, folder);
        }
    }
    Some(text)
}

fn braces(members: &[String]) -> String {
    if members.is_empty() {
        "{}".to_owned()
    } else {
        format!("{{ {} }}", members.join(", "))
    }
}

fn map(entries: &[(&str, &str)]) -> String {
    let members: Vec<String> = entries
        .iter()
        .map(|(name, value)| {
            let mut text = String::new();
            quote(&mut text, name);
            text.push_str(": ");
            quote(&mut text, value);
            text
        })
        .collect();
    braces(&members)
}

/// A list of names, on one line.
pub(super) fn names(names: &[Arc<str>]) -> String {
    list(&names.iter().map(|name| &**name).collect::<Vec<_>>())
}

fn list(items: &[&str]) -> String {
    let mut text = String::from("[");
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            text.push_str(", ");
        }
        quote(&mut text, item);
    }
    text.push(']');
    text
}

/// The names Bun has a bit for, in the order it writes them.
const OS: &[&str] = &[
    "aix", "darwin", "freebsd", "linux", "openbsd", "sunos", "win32", "android",
];
const CPU: &[&str] = &[
    "arm", "arm64", "ia32", "mips", "mipsel", "ppc", "ppc64", "s390", "s390x", "x32", "x64",
];
const LIBC: &[&str] = &["glibc", "musl"];

/// `"linux"`, `["darwin", "linux"]`, `"!win32"`, or `"none"` where Bun knows no name of the list.
fn platforms(names: &[Arc<str>], known: &[&str]) -> Option<String> {
    if names.is_empty() || names.iter().any(|name| &**name == "any") {
        return None;
    }
    let has = |name: &str| names.iter().any(|listed| **listed == *name);
    let excluded: Vec<String> = known
        .iter()
        .map(|name| format!("!{name}"))
        .filter(|name| has(name))
        .collect();
    let included: Vec<&str> = known.iter().copied().filter(|name| has(name)).collect();
    let only_excludes = names.iter().all(|name| name.starts_with('!'));
    let shown: Vec<&str> = if only_excludes {
        excluded.iter().map(String::as_str).collect()
    } else {
        included
    };
    match shown.as_slice() {
        [] if only_excludes => None,
        [] => Some("\"none\"".to_owned()),
        [only] => Some(format!("\"{only}\"")),
        several => Some(list(several)),
    }
}
