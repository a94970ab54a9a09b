//! What comes out of a build.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use crust_diag::Diagnostic;
use rolldown_common::Output;

use crate::analyze::analysis_markdown;
use crate::loader::Loader;
use crate::plugin::Shared;

/// What a file of the output is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArtifactKind {
    /// A program.
    EntryPoint,
    /// Code that programs share, or load when needed.
    Chunk,
    /// Anything else.
    Asset,
    /// A source map.
    Sourcemap,
    /// What a program exports, for TypeScript.
    Declaration,
    /// esbuild's metafile.
    Metafile,
    /// The same for people.
    MetafileText,
}

impl ArtifactKind {
    /// Bun's name of it.
    pub fn name(self) -> &'static str {
        match self {
            Self::EntryPoint => "entry-point",
            Self::Chunk => "chunk",
            Self::Asset => "asset",
            Self::Sourcemap => "sourcemap",
            Self::Declaration => "declaration",
            Self::Metafile => "metafile-json",
            Self::MetafileText => "metafile-markdown",
        }
    }

    /// Bun's words for people.
    pub fn words(self) -> &'static str {
        match self {
            Self::EntryPoint => "entry point",
            Self::Chunk => "chunk",
            Self::Asset => "asset",
            Self::Sourcemap => "source map",
            Self::Declaration => "declarations",
            Self::Metafile | Self::MetafileText => "metafile",
        }
    }
}

/// A file of the output.
#[derive(Clone, Debug)]
pub struct Artifact {
    /// Path below the output folder, with `/`.
    pub path: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// What it is.
    pub kind: ArtifactKind,
    /// How it was read, for assets; what it is written in, for others.
    pub loader: Loader,
    /// Of its content.
    pub hash: String,
    /// Place of its source map among the artifacts.
    pub sourcemap: Option<usize>,
}

/// A finished build.
#[derive(Clone, Debug, Default)]
pub struct Build {
    /// The files: entry points in their order, chunks, source maps, assets.
    pub artifacts: Vec<Artifact>,
    /// What may not be meant so.
    pub warnings: Vec<Diagnostic>,
    /// How many modules went in.
    pub modules: usize,
    /// esbuild's metafile, if it was asked for.
    pub metafile: Option<String>,
    /// Files whose change makes another build worthwhile.
    pub watched: Vec<PathBuf>,
}

impl Build {
    /// Makes the metafile one of the files. Without one, nothing happens.
    pub fn add_metafile(&mut self, path: String) {
        let Some(text) = &self.metafile else {
            return;
        };
        let (kind, loader) = (ArtifactKind::Metafile, Loader::Json);
        let text = text.clone();
        self.artifacts.push(written(path, text, kind, loader));
    }

    /// Makes the metafile for people one of the files. Without one, nothing happens.
    pub fn add_metafile_text(&mut self, path: String) {
        let Some(metafile) = &self.metafile else {
            return;
        };
        let text = analysis_markdown(metafile);
        let (kind, loader) = (ArtifactKind::MetafileText, Loader::File);
        self.artifacts.push(written(path, text, kind, loader));
    }
}

/// A file that is written about the build.
fn written(path: String, text: String, kind: ArtifactKind, loader: Loader) -> Artifact {
    Artifact {
        path,
        hash: hash_of(text.as_bytes()),
        bytes: text.into_bytes(),
        kind,
        loader,
        sourcemap: None,
    }
}

/// A script's last line has an end, as in every text file.
fn ended(mut code: String) -> Vec<u8> {
    if !code.ends_with('\n') {
        code.push('\n');
    }
    code.into_bytes()
}

/// Adds what a run of rolldown gave.
pub(crate) fn collect(shared: &Shared, outputs: &[Output], artifacts: &mut Vec<Artifact>) {
    let maps: BTreeSet<&str> = outputs
        .iter()
        .filter_map(|output| match output {
            Output::Chunk(chunk) => chunk.sourcemap_filename.as_deref(),
            Output::Asset(_) => None,
        })
        .collect();
    for output in outputs {
        match output {
            Output::Chunk(chunk) => {
                artifacts.push(Artifact {
                    path: chunk.filename.to_string(),
                    kind: if chunk.is_entry {
                        ArtifactKind::EntryPoint
                    } else {
                        ArtifactKind::Chunk
                    },
                    loader: chunk
                        .facade_module_id
                        .as_ref()
                        .filter(|_| chunk.is_entry)
                        .map_or(Loader::Js, |id| shared.loader_of(id)),
                    hash: hash_of(chunk.code.as_bytes()),
                    bytes: ended(chunk.code.clone()),
                    sourcemap: None,
                });
            }
            Output::Asset(asset) => {
                let is_map = maps.contains(asset.filename.as_str());
                let bytes = asset.source.as_bytes().to_vec();
                let loader = shared.asset_loader(&asset.filename);
                let of_worker = shared.worker_file(&asset.filename);
                let is_program = of_worker == Some(ArtifactKind::EntryPoint);
                artifacts.push(Artifact {
                    path: asset.filename.to_string(),
                    kind: match of_worker {
                        _ if is_map => ArtifactKind::Sourcemap,
                        // Entry points are what the user named.
                        Some(ArtifactKind::EntryPoint) => ArtifactKind::Chunk,
                        Some(kind) => kind,
                        None => ArtifactKind::Asset,
                    },
                    loader: if is_map {
                        Loader::Json
                    } else if is_program {
                        Loader::Js
                    } else {
                        loader.unwrap_or(Loader::File)
                    },
                    hash: hash_of(&bytes),
                    bytes,
                    sourcemap: None,
                });
            }
        }
    }
}

/// Puts entry points first, then chunks, source maps and assets, each file once, and says which source map
/// is whose.
pub(crate) fn order(artifacts: &mut Vec<Artifact>) {
    let rank = |artifact: &Artifact| match artifact.kind {
        ArtifactKind::EntryPoint => 0,
        ArtifactKind::Chunk => 1,
        ArtifactKind::Sourcemap => 2,
        ArtifactKind::Declaration => 3,
        ArtifactKind::Asset => 4,
        ArtifactKind::Metafile | ArtifactKind::MetafileText => 5,
    };
    artifacts.sort_by_key(rank);
    // Entry points that are built apart bring the same assets.
    let mut seen = BTreeSet::new();
    artifacts.retain(|artifact| {
        artifact.kind == ArtifactKind::EntryPoint
            || seen.insert((artifact.path.clone(), artifact.hash.clone()))
    });
    let maps: BTreeMap<String, usize> = artifacts
        .iter()
        .enumerate()
        .filter(|(_, artifact)| artifact.kind == ArtifactKind::Sourcemap)
        .map(|(index, artifact)| (artifact.path.clone(), index))
        .collect();
    for artifact in artifacts {
        artifact.sourcemap = maps.get(&format!("{}.map", artifact.path)).copied();
    }
}

/// Of a file's content, as names of files have it.
pub(crate) fn hash_of(bytes: &[u8]) -> String {
    rolldown_utils::xxhash::xxhash_with_base(bytes, 36)
        .chars()
        .take(HASH_LENGTH)
        .collect()
}

/// As many letters as `[hash]` has.
const HASH_LENGTH: usize = 8;
