//! What becomes of entry points that are no scripts: pages with what they name, and style sheets.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use crust_diag::Diagnostic;
use rolldown_common::Output;

use crate::artifact::{Artifact, ArtifactKind, hash_of};
use crate::css::{self, Bundled};
use crate::html::{self, Part};
use crate::loader::Loader;
use crate::naming::{self, Parts};
use crate::options::BuildOptions;
use crate::plugin::{Identity, Shared, asset_path, data_url, normalized};
use crate::settings::{Entry, EntryKind};

/// The namespace of the module that stands for a page: it imports the page's scripts.
pub(crate) const NAMESPACE: &str = "crust-page";

/// The source of the module that stands for a page.
pub(crate) fn module(shared: &Shared, path: &str) -> Result<String, Vec<Diagnostic>> {
    let named = read(shared, path)?;
    let mut code = String::new();
    for script in named.1.scripts {
        let file = local(shared, path, &script);
        if !shared.has(Path::new(&file)) {
            return Err(vec![missing(path, &script, &named.0)]);
        }
        let quoted = serde_json::Value::from(file);
        // Writing to a string does not fail.
        let _ = writeln!(code, "import {quoted};");
    }
    Ok(code)
}

/// The page's text, and what it names.
fn read(shared: &Shared, path: &str) -> Result<(String, html::Named), Vec<Diagnostic>> {
    let failed = |message: String| vec![Diagnostic::error(message).file(path)];
    let bytes = shared
        .read(Path::new(path))
        .ok_or_else(|| failed("Could not read the file".to_owned()))?;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let named = html::find(&text).map_err(failed)?;
    Ok((text, named))
}

/// The absolute path of what a page names.
fn local(shared: &Shared, page: &str, url: &str) -> String {
    let end = url.find(['?', '#']).unwrap_or(url.len());
    let path = url.get(..end).unwrap_or(url);
    let full = if let Some(rest) = path.strip_prefix('/') {
        shared.options.directory.join(rest)
    } else {
        let folder = Path::new(page).parent().unwrap_or(Path::new("/"));
        folder.join(path)
    };
    normalized(&full).to_string_lossy().into_owned()
}

fn missing(page: &str, url: &str, text: &str) -> Diagnostic {
    let problem = Diagnostic::error(format!("Could not resolve: \"{url}\""))
        .code("UNRESOLVED_IMPORT")
        .file(page);
    // In quotes or without, or in a list.
    let at = ['"', '\'', '=', ' ', ','].iter().find_map(|before| {
        let at = text.find(&format!("{before}{url}"))?;
        u32::try_from(at + 1).ok()
    });
    match at {
        Some(at) => {
            let end = at + u32::try_from(url.len()).unwrap_or(0);
            problem.at(text, &crust_diag::LineIndex::new(text), at, end)
        }
        None => problem,
    }
}

/// Makes a page of what its scripts became: `artifacts` are those of its run, whose code goes along.
pub(crate) fn finish(
    shared: &Shared,
    entry: &Entry,
    artifacts: &mut Vec<Artifact>,
) -> Result<(), Vec<Diagnostic>> {
    let path = Identity::of(&entry.id).path;
    let (text, named) = read(shared, path)?;
    let options = &shared.options;
    let page = &entry.html;
    let mut sheets: Vec<String> = Vec::new();
    let mut problems = Vec::new();
    for style in &named.styles {
        let file = local(shared, path, style);
        if shared.has(Path::new(&file)) {
            sheets.push(file);
        } else {
            problems.push(missing(path, style, &text));
        }
    }
    let imported = css::order(shared, &entry.id);
    sheets.extend(
        imported
            .into_iter()
            .filter(|file| !sheets.contains(file))
            .collect::<Vec<_>>(),
    );
    let mut places: BTreeMap<String, String> = BTreeMap::new();
    for url in &named.files {
        let file = local(shared, path, url);
        match shared.read(Path::new(&file)) {
            Some(bytes) => {
                let place = file_of_page(options, &file, bytes, page, artifacts);
                places.insert(url.clone(), place);
            }
            None => problems.push(missing(path, url, &text)),
        }
    }
    let css_name = sheet_name(options, entry);
    let bundled = (!sheets.is_empty()).then(|| sheet(shared, &sheets, &css_name, artifacts));
    let bundled = bundled.transpose();
    // Everything that is wrong is told at once.
    let bundled = match bundled {
        Ok(bundled) if problems.is_empty() => bundled,
        found => {
            problems.extend(found.err().unwrap_or_default());
            return Err(problems);
        }
    };
    let style = bundled.map(|bundled| part(options, page, &css_name, bundled, artifacts));
    let script = if named.scripts.is_empty() {
        // The module that stands for the page says nothing.
        artifacts.retain(|artifact| artifact.kind != ArtifactKind::EntryPoint);
        None
    } else {
        let code = artifacts
            .iter_mut()
            .find(|artifact| artifact.kind == ArtifactKind::EntryPoint);
        code.map(|code| {
            code.loader = Loader::Html;
            let place = asset_path(&options.public_path, page, &code.path);
            if options.inline_assets {
                Part::Inline(String::from_utf8_lossy(&code.bytes).into_owned())
            } else {
                Part::Link(place)
            }
        })
    };
    if options.inline_assets {
        artifacts.clear();
    }
    let place = |url: &str| places.get(url).cloned();
    let written = html::write(&text, script, style, &place)
        .map_err(|message| vec![Diagnostic::error(message).file(path)])?;
    let bytes = written.into_bytes();
    artifacts.push(Artifact {
        path: page.replace("[hash]", &hash_of(&bytes)),
        hash: hash_of(&bytes),
        bytes,
        kind: ArtifactKind::EntryPoint,
        loader: Loader::Html,
        sourcemap: None,
    });
    Ok(())
}

/// A style sheet as a part of a page.
fn part(
    options: &BuildOptions,
    page: &str,
    name: &str,
    mut bundled: Bundled,
    artifacts: &mut Vec<Artifact>,
) -> Part {
    if options.inline_assets {
        if let Some(map) = bundled.map {
            let comment = css::finish(options, map, page, true).comment;
            bundled.code.push_str(&comment);
        }
        return Part::Inline(bundled.code);
    }
    let name = push_sheet(options, name, bundled, ArtifactKind::Asset, artifacts);
    let place = asset_path(&options.public_path, page, &name);
    Part::Link(place)
}

/// Where a file that a page names is.
fn file_of_page(
    options: &BuildOptions,
    file: &str,
    bytes: Vec<u8>,
    page: &str,
    artifacts: &mut Vec<Artifact>,
) -> String {
    if options.inline_assets {
        return data_url(file, &bytes);
    }
    let name = css::asset_name(options, file, &bytes);
    let place = asset_path(&options.public_path, page, &name);
    push_file(name, bytes, artifacts);
    place
}

fn push_file(name: String, bytes: Vec<u8>, artifacts: &mut Vec<Artifact>) {
    artifacts.push(Artifact {
        path: name,
        hash: hash_of(&bytes),
        bytes,
        kind: ArtifactKind::Asset,
        loader: Loader::File,
        sourcemap: None,
    });
}

/// The name of the style sheet of a page.
fn sheet_name(options: &BuildOptions, entry: &Entry) -> String {
    let parts = Parts {
        dir: "",
        name: &naming::stem(Path::new(Identity::of(&entry.id).path)),
        ext: "css",
        target: options.target,
    };
    naming::fill(&options.naming.chunk, parts)
}

/// Joins style sheets; the files that they name become artifacts.
fn sheet(
    shared: &Shared,
    sheets: &[String],
    output: &str,
    artifacts: &mut Vec<Artifact>,
) -> Result<Bundled, Vec<Diagnostic>> {
    let mut bundled = css::bundle(shared, sheets, output)?;
    for asset in std::mem::take(&mut bundled.assets) {
        push_file(asset.name, asset.bytes, artifacts);
    }
    Ok(bundled)
}

/// Makes a style sheet an artifact, and its source map another; answers its name.
fn push_sheet(
    options: &BuildOptions,
    template: &str,
    bundled: Bundled,
    kind: ArtifactKind,
    artifacts: &mut Vec<Artifact>,
) -> String {
    let mut code = bundled.code;
    let name = template.replace("[hash]", &hash_of(code.as_bytes()));
    if let Some(map) = bundled.map {
        let finished = css::finish(options, map, &name, false);
        code.push_str(&finished.comment);
        artifacts.extend(finished.file.map(|text| Artifact {
            path: format!("{name}.map"),
            hash: hash_of(text.as_bytes()),
            bytes: text.into_bytes(),
            kind: ArtifactKind::Sourcemap,
            loader: Loader::Json,
            sourcemap: None,
        }));
    }
    artifacts.push(Artifact {
        path: name.clone(),
        hash: hash_of(code.as_bytes()),
        bytes: code.into_bytes(),
        kind,
        loader: Loader::Css,
        sourcemap: None,
    });
    name
}

/// The style sheet of a script that imports some, or of an entry point that is one.
pub(crate) fn styles(
    shared: &Shared,
    entry: &Entry,
    artifacts: &mut Vec<Artifact>,
) -> Result<(), Vec<Diagnostic>> {
    let is_entry = entry.kind == EntryKind::Css || shared.is_css(&entry.id);
    if entry.kind != EntryKind::Css && is_entry {
        // A plugin made a style sheet of it: the script beside it is empty.
        artifacts.retain(|artifact| artifact.kind == ArtifactKind::Asset);
    }
    let sheets = if is_entry {
        shared.count(&entry.id);
        vec![Identity::of(&entry.id).path.to_owned()]
    } else {
        css::order(shared, &entry.id)
    };
    if sheets.is_empty() {
        return Ok(());
    }
    let bundled = sheet(shared, &sheets, &entry.css, artifacts)?;
    let kind = if is_entry {
        ArtifactKind::EntryPoint
    } else {
        ArtifactKind::Asset
    };
    push_sheet(&shared.options, &entry.css, bundled, kind, artifacts);
    Ok(())
}

/// The style sheets of what a program imports late, each beside its chunk. The program's own style sheet has those rules
/// too; these are for who loads styles along with chunks.
pub(crate) fn late_styles(
    shared: &Shared,
    outputs: &[Output],
    artifacts: &mut Vec<Artifact>,
) -> Result<(), Vec<Diagnostic>> {
    let options = &shared.options;
    let late = outputs.iter().filter_map(|output| match output {
        Output::Chunk(chunk) if chunk.is_dynamic_entry && !chunk.is_entry => {
            Some((chunk.facade_module_id.as_ref()?, chunk.name.as_str()))
        }
        _ => None,
    });
    for (id, name) in late {
        let sheets = css::order(shared, id);
        if sheets.is_empty() {
            continue;
        }
        let parts = Parts {
            dir: "",
            name,
            ext: "css",
            target: options.target,
        };
        let template = naming::fill(&options.naming.chunk, parts);
        let bundled = sheet(shared, &sheets, &template, artifacts)?;
        push_sheet(options, &template, bundled, ArtifactKind::Asset, artifacts);
    }
    Ok(())
}
