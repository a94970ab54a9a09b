//! Emits every builtin TypeScript module into one Rust table for release binaries. Debug builds
//! read the files at run time instead, so that work on them needs no compiler; their table is
//! empty.

use crust_transpile::{EmitPlan, FormatHint, Options, Syntax, compact, transpile};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> Result<(), String> {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").ok_or("no manifest directory")?)
        .join("../..");
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("no output directory")?);
    let mut rows = Vec::new();
    if env::var("PROFILE").as_deref() == Ok("release") {
        for (prefix, directory) in folders(&root).map_err(|error| error.to_string())? {
            println!("cargo::rerun-if-changed={}", directory.display());
            let mut files = Vec::new();
            collect(&directory, &mut files).map_err(|error| error.to_string())?;
            for file in files {
                rows.push(emit(&prefix, &directory, &file)?);
            }
        }
    }
    println!("cargo::rerun-if-changed=build.rs");
    // The binary searches by specifier, whose order is not that of the paths.
    rows.sort();
    let mut table = String::from("[\n");
    for (specifier, rest) in rows {
        // Writing to a string does not fail.
        let _ = writeln!(table, "    ({specifier:?}, {rest}),");
    }
    table.push_str("]\n");
    fs::write(out.join("builtins.rs"), table).map_err(|error| error.to_string())
}

/// The folders of builtin modules with their specifier prefix.
fn folders(root: &Path) -> io::Result<Vec<(String, PathBuf)>> {
    let mut list = vec![("crust:core".to_owned(), root.join("runtime/crust_core/js"))];
    for entry in fs::read_dir(root.join("features"))? {
        let path = entry?.path();
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if let Some(feature) = name.strip_prefix("crust_")
            && path.join("js").is_dir()
        {
            list.push((format!("crust:{feature}"), path.join("js")));
        }
    }
    list.sort();
    Ok(list)
}

fn collect(directory: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        if path.is_dir() {
            println!("cargo::rerun-if-changed={}", path.display());
            collect(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "ts") {
            files.push(path);
        }
    }
    files.sort();
    Ok(())
}

/// The specifier of a module and the rest of its row.
fn emit(prefix: &str, directory: &Path, file: &Path) -> Result<(String, String), String> {
    println!("cargo::rerun-if-changed={}", file.display());
    let relative = file
        .strip_prefix(directory)
        .map_err(|error| error.to_string())?;
    let specifier = format!("{prefix}/{}", relative.with_extension("").display());
    let source =
        fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
    let (requests, text) = if specifier == "crust:core/bootstrap" {
        // A plain script: one block.
        (Vec::new(), source)
    } else {
        let options = Options {
            syntax: Syntax::Ts,
            format: FormatHint::Esm,
            builtin: true,
            ..Options::default()
        };
        let module = transpile(source, &options)
            .map_err(|problems| format!("{}: {problems:?}", file.display()))?;
        let requests = module
            .requests
            .iter()
            .map(|request| request.specifier.clone())
            .collect();
        (requests, module.emit(&EmitPlan::plain(&module)).text)
    };
    Ok((specifier, format!("&{requests:?}, {:?}", compact(&text))))
}
