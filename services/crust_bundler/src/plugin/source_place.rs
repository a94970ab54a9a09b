//! `__dirname` and `__filename` are those of the source, as in Bun: a module that names them without declaring them gets
//! variables before its first statement, on the same line.
//!
//! In executables they are those of the program in it, whose files lie there too.

use std::path::Path;
use std::sync::Arc;

use crust_transpile::{Syntax, free_names};
use rolldown_plugin::HookTransformOutputMap;
use string_wizard::{Hires, MagicString, SourceMapOptions};

use super::Identity;
use crate::options::{BuildOptions, Sourcemap};

/// The module's text with the variables, and where it was; `None` if it needs none.
pub(super) fn add(
    build: &BuildOptions,
    id: &str,
    code: &str,
    syntax: Syntax,
) -> Option<(String, HookTransformOutputMap)> {
    let identity = Identity::of(id);
    if build.public_path == crust_payload::ROOT || !identity.is_file() {
        return None;
    }
    let (names, at) = free_names(code, syntax, &["__dirname", "__filename"])?;
    let path = Path::new(identity.path);
    let folder = path.parent().unwrap_or(Path::new("/"));
    let variables: Vec<String> = names
        .into_iter()
        .map(|name| {
            let place = if name == "__dirname" { folder } else { path };
            let place = serde_json::Value::from(place.to_string_lossy());
            format!("{name} = {place}")
        })
        .collect();
    let mut edited = MagicString::new(code);
    // A directive before it may do without its semicolon.
    let variables = format!(";var {}; ", variables.join(", "));
    edited.append_left(at, variables).ok()?;
    let wants_map = build.sourcemap != Sourcemap::None;
    let map = HookTransformOutputMap::from_if_enabled(wants_map, || {
        edited.source_map(SourceMapOptions {
            hires: Hires::Boundary,
            include_content: false,
            source: Arc::from(id),
        })
    });
    Some((edited.to_string(), map))
}
