//! `crust build --compile`: the bundle and its assets behind a crust binary. The bytes are
//! `crust_payload`'s.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crust_bundler::{Build, BuildOptions, Format};
use crust_payload::{Contents, NewFile, put, write};

use crate::args::{self, Scope, UnknownOptions, split_words};
use crate::error::CliError;
use crate::session::Session;
use crate::snapshot;

/// What the command line says about the executable.
#[derive(Debug, Default)]
pub(super) struct Asked {
    pub(super) assets: Vec<String>,
    pub(super) executable: Option<PathBuf>,
    pub(super) exec_argv: Option<String>,
}

/// An executable to make.
#[derive(Debug)]
pub(super) struct Compile {
    exec_argv: Vec<String>,
    /// The crust binary to use, in place of this one.
    executable: Option<PathBuf>,
    /// Files beside the bundle, by their names in the executable.
    assets: Vec<(String, PathBuf)>,
    format: Format,
}

/// Files of `--asset` folders; more are a mistake, such as the root of a disk.
const MOST_ASSETS: usize = 100_000;

/// Checks what was asked for, and sets the options that an executable needs.
pub(super) fn prepare(asked: &Asked, options: &mut BuildOptions) -> Result<Compile, CliError> {
    if options.entrypoints.len() > 1 {
        return Err(CliError::OptionValue {
            option: "--compile",
            reason: "takes one entry point".to_owned(),
        });
    }
    if options.no_bundle || options.format == Format::Iife {
        return Err(CliError::OptionValue {
            option: "--compile",
            reason: "needs a bundle of the format esm or cjs".to_owned(),
        });
    }
    let exec_argv = asked
        .exec_argv
        .as_deref()
        .map(split_words)
        .unwrap_or_default();
    // Every start would fail with what is wrong here.
    let words: Vec<OsString> = exec_argv.iter().map(OsString::from).collect();
    args::parse(&words, Scope::RUN, UnknownOptions::Refuse)?;
    // Assets are files beside the program, wherever a chunk that mentions them is.
    crust_payload::ROOT.clone_into(&mut options.public_path);
    let mut assets = Vec::new();
    for asset in &asked.assets {
        add_assets(&options.directory, asset, &mut assets)?;
    }
    Ok(Compile {
        exec_argv,
        executable: asked
            .executable
            .as_ref()
            .map(|path| options.directory.join(path)),
        assets,
        format: options.format,
    })
}

/// A file, or every file of a folder, with its path as the user gave it.
fn add_assets(
    directory: &Path,
    asset: &str,
    into: &mut Vec<(String, PathBuf)>,
) -> Result<(), CliError> {
    let root = directory.join(asset);
    let failed = |path: &Path, source| CliError::Read {
        path: path.to_owned(),
        source,
    };
    let name = |path: &Path| {
        let below = path.strip_prefix(directory).unwrap_or(path);
        let parts = below.components().filter_map(|part| match part {
            std::path::Component::Normal(part) => Some(part.to_string_lossy().into_owned()),
            _ => None,
        });
        parts.collect::<Vec<_>>().join("/")
    };
    let mut pending = vec![root];
    while let Some(path) = pending.pop() {
        let metadata = std::fs::metadata(&path).map_err(|source| failed(&path, source))?;
        if metadata.is_dir() {
            let entries = std::fs::read_dir(&path).map_err(|source| failed(&path, source))?;
            let mut inside: Vec<PathBuf> = entries
                .map(|entry| entry.map(|entry| entry.path()))
                .collect::<Result<_, _>>()
                .map_err(|source| failed(&path, source))?;
            inside.sort();
            inside.reverse();
            pending.extend(inside);
        } else {
            into.push((name(&path), path));
        }
        if into.len() > MOST_ASSETS {
            return Err(CliError::OptionValue {
                option: "--asset",
                reason: format!("\"{asset}\" holds more than {MOST_ASSETS} files"),
            });
        }
    }
    Ok(())
}

impl Compile {
    /// Writes the executable.
    pub(super) fn write(
        &self,
        session: &Session,
        build: &Build,
        path: &Path,
    ) -> Result<(), CliError> {
        let is_source = |path: &Path| build.watched.iter().any(|source| source == path);
        if is_source(path) || path.canonicalize().is_ok_and(|path| is_source(&path)) {
            return Err(CliError::Write {
                path: path.to_owned(),
                source: std::io::Error::other("it is a source of this build"),
            });
        }
        let source = self.executable.as_ref().unwrap_or(&session.exec_path);
        let binary = std::fs::read(source).map_err(|error| CliError::Read {
            path: source.clone(),
            source: error,
        })?;
        let config = snapshot::take()?;
        let names = config.names().map(crust_header_file::FeatureNames::to_text);
        let (entry, mut files) = crust_bundler::executable(build, self.format);
        files.append(&mut self.more_files()?);
        let contents = Contents {
            entry,
            exec_argv: self.exec_argv.clone(),
            feature_names: names.unwrap_or_default(),
            files,
        };
        let bytes = write(binary, &config.header, contents).map_err(CliError::Compile)?;
        put(path, &bytes).map_err(|source| CliError::Write {
            path: path.to_owned(),
            source,
        })
    }

    /// What is beside the bundle.
    fn more_files(&self) -> Result<Vec<NewFile>, CliError> {
        let mut files = Vec::with_capacity(self.assets.len());
        for (name, path) in &self.assets {
            let bytes = std::fs::read(path).map_err(|source| CliError::Read {
                path: path.clone(),
                source,
            })?;
            files.push(NewFile {
                path: name.clone(),
                bytes,
                asset: true,
            });
        }
        Ok(files)
    }
}
