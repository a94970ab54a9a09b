//! The writer. Keys, order, spaces and commas are Bun's, so that an unchanged project gives the same
//! bytes.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use super::{SCOPED_VERSION, info};
use crate::graph::{Behavior, Bin, Dependency, DependencyId, Graph, ROOT, Resolution};
use crate::manifest::{Override, Rules, Selector};
use crate::resolve::Hoist;

/// What is written besides the graph.
pub(crate) struct Written<'a> {
    pub(crate) version: u32,
    pub(crate) config_version: Option<u32>,
    pub(crate) graph: &'a Graph,
    pub(crate) hoist: &'a Hoist,
    pub(crate) rules: &'a Rules,
    /// Versions of workspaces by their path.
    pub(crate) workspace_versions: &'a [(Arc<str>, Arc<str>)],
    pub(crate) trusted: &'a [Arc<str>],
    pub(crate) patched: &'a [(Arc<str>, Arc<str>)],
}

/// The text of the lockfile.
pub(crate) fn write(lock: &Written<'_>) -> String {
    let mut out = String::with_capacity(256 * lock.graph.packages.len() + 1024);
    // Writing to a string cannot fail, so the results of `write!` are dropped.
    let _ = write!(out, "{{\n  \"lockfileVersion\": {},\n", lock.version);
    if let Some(version) = lock.config_version {
        let _ = writeln!(out, "  \"configVersion\": {version},");
    }
    write_workspaces(&mut out, lock);
    write_lists(&mut out, lock);
    write_extensions(&mut out, lock);
    write_packages(&mut out, lock);
    out.push_str("}\n");
    out
}

fn write_workspaces(out: &mut String, lock: &Written<'_>) {
    out.push_str("  \"workspaces\": {\n");
    let mut workspaces: Vec<(&str, u32)> = vec![("", ROOT)];
    for (id, package) in (0..).zip(&lock.graph.packages) {
        if let Resolution::Workspace(path) = &package.resolution {
            workspaces.push((path, id));
        }
    }
    workspaces.sort_unstable();
    for (path, id) in &workspaces {
        out.push_str("    ");
        quote(out, path);
        out.push_str(": {");
        let before = out.len();
        write_workspace(out, lock, path, *id);
        // An empty object stands on one line.
        out.push_str(if out.len() == before {
            "},\n"
        } else {
            "\n    },\n"
        });
    }
    out.push_str("  },\n");
}

fn write_workspace(out: &mut String, lock: &Written<'_>, path: &str, id: u32) {
    let package = lock.graph.package(id);
    let member = |out: &mut String, key: &str| {
        out.push_str("\n      ");
        quote(out, key);
        out.push_str(": ");
    };
    if !package.name.is_empty() {
        member(out, "name");
        quote(out, &package.name);
        out.push(',');
    }
    let version = lock
        .workspace_versions
        .iter()
        .find(|(known, _)| **known == *path)
        .filter(|_| id != ROOT);
    if let Some((_, version)) = version {
        member(out, "version");
        quote(out, version);
        out.push(',');
    }
    if id != ROOT {
        write_workspace_bin(out, &package.meta.bin);
    }
    let own: Vec<&Dependency> = lock
        .graph
        .dependencies_of(id)
        .map(|id| lock.graph.dependency(id))
        .collect();
    for (key, belongs) in info::GROUPS {
        let mut group: Vec<&&Dependency> = own
            .iter()
            .filter(|dependency| belongs(dependency.behavior))
            .collect();
        if group.is_empty() {
            continue;
        }
        group.sort_by(|left, right| left.name.cmp(&right.name));
        member(out, key);
        out.push_str("{\n");
        for dependency in group {
            out.push_str("        ");
            quote(out, &dependency.name);
            out.push_str(": ");
            quote(out, &dependency.literal);
            out.push_str(",\n");
        }
        out.push_str("      },");
    }
    let mut optional: Vec<&str> = own
        .iter()
        .filter(|dependency| dependency.behavior.is_optional_peer())
        .map(|dependency| &*dependency.name)
        .collect();
    optional.sort_unstable();
    if !optional.is_empty() {
        member(out, "optionalPeers");
        out.push_str("[\n");
        for name in optional {
            out.push_str("        ");
            quote(out, name);
            out.push_str(",\n");
        }
        out.push_str("      ],");
    }
}

fn write_workspace_bin(out: &mut String, bin: &Bin) {
    match bin {
        Bin::None => {}
        Bin::File(file) => {
            out.push_str("\n      \"bin\": ");
            quote(out, file);
            out.push(',');
        }
        Bin::Map(files) => {
            out.push_str("\n      \"bin\": {\n");
            for (name, file) in files {
                out.push_str("        ");
                quote(out, name);
                out.push_str(": ");
                quote(out, file);
                out.push_str(",\n");
            }
            out.push_str("      },");
        }
        Bin::Directory(folder) => {
            out.push_str("\n      \"binDir\": ");
            quote(out, folder);
            out.push(',');
        }
    }
}

fn write_lists(out: &mut String, lock: &Written<'_>) {
    if !lock.trusted.is_empty() {
        out.push_str("  \"trustedDependencies\": [\n");
        for name in lock.trusted {
            out.push_str("    ");
            quote(out, name);
            out.push_str(",\n");
        }
        out.push_str("  ],\n");
    }
    write_map(out, 1, "patchedDependencies", lock.patched);
    write_overrides(out, lock.rules);
    write_map(out, 1, "catalog", &lock.rules.catalog);
    if !lock.rules.catalogs.is_empty() {
        out.push_str("  \"catalogs\": {\n");
        for (group, entries) in &lock.rules.catalogs {
            write_map(out, 2, group, entries);
        }
        out.push_str("  },\n");
    }
}

/// The version that the content needs: the third for overrides that are not for a name alone.
pub(crate) fn needed_version(rules: &Rules, version: u32) -> u32 {
    let scoped = rules.overrides.iter().any(Override::is_scoped);
    if scoped {
        return version.max(SCOPED_VERSION);
    }
    version.min(SCOPED_VERSION - 1)
}

fn write_overrides(out: &mut String, rules: &Rules) {
    let mut groups: BTreeMap<String, BTreeMap<String, &str>> = BTreeMap::new();
    for rule in &rules.overrides {
        let (key, inside) = match &rule.parent {
            Some(parent) => (parent.text(), rule.target.text()),
            None => (rule.target.text(), ".".to_owned()),
        };
        groups.entry(key).or_default().insert(inside, &rule.spec);
    }
    if groups.is_empty() {
        return;
    }
    out.push_str("  \"overrides\": {\n");
    for (key, inside) in &groups {
        let has_range = Selector::parse(key).is_some_and(|own| !own.range.is_empty());
        out.push_str("    ");
        quote(out, key);
        out.push_str(": ");
        match inside.get(".") {
            Some(spec) if inside.len() == 1 && !has_range => quote(out, spec),
            _ => {
                out.push_str("{\n");
                for (name, spec) in inside {
                    out.push_str("      ");
                    quote(out, name);
                    out.push_str(": ");
                    quote(out, spec);
                    out.push_str(",\n");
                }
                out.push_str("    }");
            }
        }
        out.push_str(",\n");
    }
    out.push_str("  },\n");
}

/// What extensions added, a line for each package.
fn write_extensions(out: &mut String, lock: &Written<'_>) {
    let mut lines: BTreeMap<String, String> = BTreeMap::new();
    for (_, id) in lock.hoist.places(lock.graph) {
        let Some(package) = lock.graph.resolution(id) else {
            continue;
        };
        let package = lock.graph.package(package);
        let (Resolution::Npm { version, .. }, extended) =
            (&package.resolution, &package.meta.extended)
        else {
            continue;
        };
        if extended.is_empty() {
            continue;
        }
        let members: Vec<String> = [
            ("dependencies", &extended.dependencies),
            ("peerDependencies", &extended.peers),
            ("optionalPeers", &extended.optional_peers),
        ]
        .into_iter()
        .filter(|(_, names)| !names.is_empty())
        .map(|(key, names)| format!("\"{key}\": {}", info::names(names)))
        .collect();
        lines.insert(format!("{}@{version}", package.name), members.join(", "));
    }
    if lines.is_empty() {
        return;
    }
    out.push_str("  \"packageExtensions\": {\n");
    for (id, members) in lines {
        out.push_str("    ");
        quote(out, &id);
        let _ = writeln!(out, ": {{ {members} }},");
    }
    out.push_str("  },\n");
}

fn write_map(out: &mut String, depth: usize, key: &str, entries: &[(Arc<str>, Arc<str>)]) {
    if entries.is_empty() {
        return;
    }
    let indent = "  ".repeat(depth);
    out.push_str(&indent);
    quote(out, key);
    out.push_str(": {\n");
    for (name, value) in entries {
        out.push_str(&indent);
        out.push_str("  ");
        quote(out, name);
        out.push_str(": ");
        quote(out, value);
        out.push_str(",\n");
    }
    out.push_str(&indent);
    out.push_str("},\n");
}

fn write_packages(out: &mut String, lock: &Written<'_>) {
    out.push_str("  \"packages\": {");
    let mut first = true;
    for (path, id) in lock.hoist.places(lock.graph) {
        let Some(package) = lock.graph.resolution(id) else {
            continue;
        };
        out.push_str(if first { "\n    " } else { "\n\n    " });
        first = false;
        quote(out, &path.join("/"));
        out.push_str(": [");
        write_package(out, lock.graph, id, package);
        out.push_str("],");
    }
    out.push_str(if first { "}\n" } else { "\n  }\n" });
}

fn write_package(out: &mut String, graph: &Graph, id: DependencyId, package: u32) {
    let found = graph.package(package);
    let name = &found.name;
    let bundled = graph.dependency(id).behavior.has(Behavior::BUNDLED);
    let mut parts: Vec<String> = Vec::new();
    let text = |text: &str| {
        let mut out = String::new();
        quote(&mut out, text);
        out
    };
    let object = || info::object(graph, package, bundled);
    let integrity = &found.meta.integrity;
    match &found.resolution {
        Resolution::Root => {
            parts.push(text(&format!("{name}@root:")));
            parts.push(info::bin_object(&found.meta.bin));
        }
        Resolution::Npm { version, url } => {
            parts.push(text(&format!("{name}@{version}")));
            parts.push(text(url));
            parts.push(object());
            parts.push(text(integrity));
        }
        Resolution::Workspace(path) => parts.push(text(&format!("{name}@workspace:{path}"))),
        Resolution::Folder(path) => {
            parts.push(text(&format!("{name}@file:{path}")));
            parts.push(object());
        }
        Resolution::Link(path) => {
            parts.push(text(&format!("{name}@link:{path}")));
            parts.push(object());
        }
        Resolution::RemoteTarball(path) | Resolution::LocalTarball(path) => {
            parts.push(text(&format!("{name}@{path}")));
            parts.push(object());
            if !integrity.is_empty() {
                parts.push(text(integrity));
            }
        }
        Resolution::Git { url, commit } => {
            let prefix =
                if url.starts_with("git+") || url.starts_with("git@") || url.starts_with("ssh:") {
                    ""
                } else {
                    "git+"
                };
            parts.push(text(&format!("{name}@{prefix}{url}#{commit}")));
            parts.push(object());
            parts.push(text(&found.meta.tag));
            if !integrity.is_empty() {
                parts.push(text(integrity));
            }
        }
        Resolution::Github { repository, commit } => {
            parts.push(text(&format!("{name}@github:{repository}#{commit}")));
            parts.push(object());
            parts.push(text(&found.meta.tag));
            if !integrity.is_empty() {
                parts.push(text(integrity));
            }
        }
    }
    out.push_str(&parts.join(", "));
}

/// A JSON string.
pub(super) fn quote(out: &mut String, text: &str) {
    out.push('"');
    for letter in text.chars() {
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            letter if letter < ' ' => {
                let _ = write!(out, "\\u{:04x}", u32::from(letter));
            }
            letter => out.push(letter),
        }
    }
    out.push('"');
}
