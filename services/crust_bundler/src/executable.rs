//! A build as the files of a single executable. Writes none.

use crust_payload::NewFile;

use crate::artifact::{Artifact, ArtifactKind, Build};
use crate::options::Format;

/// The program's path among the files, and the files.
pub fn executable(build: &Build, format: Format) -> (String, Vec<NewFile>) {
    let artifacts = build.artifacts.iter();
    let entry = artifacts
        .clone()
        .find(|artifact| artifact.kind == ArtifactKind::EntryPoint);
    let files = artifacts.map(|artifact| NewFile {
        path: name(artifact, format),
        bytes: artifact.bytes.clone(),
        asset: artifact.kind == ArtifactKind::Asset,
    });
    let entry = entry.map(|entry| name(entry, format)).unwrap_or_default();
    (entry, files.collect())
}

/// The name of a file in the executable. A CommonJS bundle says so by its name.
fn name(artifact: &Artifact, format: Format) -> String {
    let is_code = matches!(
        artifact.kind,
        ArtifactKind::EntryPoint | ArtifactKind::Chunk
    );
    match artifact.path.strip_suffix(".js") {
        Some(stem) if is_code && format == Format::Cjs => format!("{stem}.cjs"),
        _ => artifact.path.clone(),
    }
}
