//! `Bun.build({ compile })`: the bundle behind a crust binary, as `crust build --compile` makes it. The bytes
//! are `crust_payload`'s.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crust_bundler::{ArtifactKind, Build, BuildOptions, Failure, Format};
use crust_core::{Call, OpError};
use crust_diag::Diagnostic;
use crust_header_file::{FeatureNames, Snapshot};
use crust_payload::{Contents, put, write};

use crate::config::{CompileConfig, Config};

/// An executable to make.
pub(crate) struct Executable {
    path: PathBuf,
    /// The binary that it starts with.
    binary: PathBuf,
    exec_argv: Vec<String>,
    feature_names: String,
    header: Arc<Snapshot>,
    format: Format,
}

impl Executable {
    pub(crate) fn new(
        cx: &Call<'_>,
        compile: &CompileConfig,
        config: &Config,
        options: &BuildOptions,
    ) -> Result<Self, OpError> {
        let process = cx.runtime().process();
        let names = process.config.names().map_err(|problem| {
            OpError::error(problem.to_owned()).code("ERR_CONFIG_FEATURE_NAME")
        })?;
        let folder = config.folder();
        let folder = config
            .outdir
            .as_ref()
            .map_or(folder.clone(), |path| folder.join(path));
        let entry = options.entrypoints.first().map(Path::new);
        let stem = entry.and_then(Path::file_stem).unwrap_or_default();
        let path = match &compile.outfile {
            Some(outfile) => folder.join(outfile),
            None => folder.join(stem),
        };
        let binary = compile.executable_path.as_ref();
        Ok(Self {
            path,
            binary: binary.map_or_else(
                || process.exec_path.clone(),
                |path| config.folder().join(path),
            ),
            exec_argv: compile.exec_argv.clone(),
            feature_names: FeatureNames::to_text(names),
            header: Arc::clone(&process.config),
            format: options.format,
        })
    }

    /// Writes it; what is left of the build is the program and its maps. Answers where each is.
    pub(crate) fn write(&self, build: &mut Build) -> Result<Vec<PathBuf>, Failure> {
        let failed = |what: &str, path: &Path, error: &dyn std::fmt::Display| {
            let message = format!("cannot {what} {}: {error}", path.display());
            Failure::from(Diagnostic::error(message).code("ERR_BUILD_WRITE"))
        };
        let is_source = |path: &Path| build.watched.iter().any(|source| source == path);
        if is_source(&self.path) || self.path.canonicalize().is_ok_and(|path| is_source(&path)) {
            return Err(failed("write", &self.path, &"it is a source of this build"));
        }
        let binary =
            std::fs::read(&self.binary).map_err(|error| failed("read", &self.binary, &error))?;
        let (entry, files) = crust_bundler::executable(build, self.format);
        let contents = Contents {
            entry,
            exec_argv: self.exec_argv.clone(),
            feature_names: self.feature_names.clone(),
            files,
        };
        let bytes = write(binary, &self.header.header, contents)
            .map_err(|error| failed("use", &self.binary, &error))?;
        put(&self.path, &bytes).map_err(|error| failed("write", &self.path, &error))?;
        let kept = |kind| matches!(kind, ArtifactKind::EntryPoint);
        build.artifacts.retain(|artifact| kept(artifact.kind));
        for artifact in &mut build.artifacts {
            artifact.sourcemap = None;
        }
        Ok(vec![self.path.clone()])
    }
}
