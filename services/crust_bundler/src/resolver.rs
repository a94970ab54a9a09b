//! Where an import leads without plugins: what `build.resolve` of a plugin finds after its callbacks. Works before the
//! build and beside it.

use std::path::{Path, PathBuf};

use crust_diag::Diagnostic;
use rolldown::TsConfig;
use rolldown_common::ImportKind;
use rolldown_fs::{OsFileSystem, OxcResolverFileSystem as _};

use crate::hooks::ResolveAnswer;
use crate::options::BuildOptions;
use crate::plugin::{Shared, find_outside, find_virtual};
use crate::problem::resolve_hint;
use crate::settings::{platform, resolve_options};

/// An import that nobody wrote.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// What is imported.
    pub specifier: String,
    /// The module that would import it; may be empty.
    pub importer: String,
    /// Where paths and packages are looked for.
    pub directory: PathBuf,
    /// esbuild's name of the way of importing.
    pub kind: String,
}

/// Finds modules as a build with these options does.
#[derive(Debug)]
pub struct PluginResolver {
    shared: Shared,
    inner: rolldown_resolver::Resolver,
}

impl PluginResolver {
    /// For a build with these options; contents of virtual files are of no interest.
    #[must_use]
    pub fn new(options: BuildOptions) -> Self {
        let directory = options.directory.clone();
        let tsconfig = match &options.tsconfig {
            Some(path) => TsConfig::Manual(directory.join(path)),
            None => TsConfig::Auto(true),
        };
        let inner = rolldown_resolver::Resolver::new(
            OsFileSystem::new(false),
            directory,
            platform(options.target),
            &tsconfig,
            resolve_options(&options),
        );
        Self {
            shared: Shared::new(options, None),
            inner,
        }
    }

    /// Where an import leads.
    ///
    /// # Errors
    /// When it leads nowhere, or where it may not.
    pub fn resolve(&self, wanted: &Wanted) -> Result<ResolveAnswer, Vec<Diagnostic>> {
        // The folder is what counts; any file in it would do.
        let importer = Path::new(&wanted.importer);
        let is_there = importer.parent() == Some(wanted.directory.as_path());
        let importer = if is_there {
            importer.to_owned()
        } else {
            wanted.directory.join("importer")
        };
        let name = importer.to_string_lossy();
        if let Some(outside) = find_outside(&self.shared, &name, &wanted.specifier) {
            let problems = self.shared.problems.take(&|_| None);
            return if problems.is_empty() {
                Ok(outside)
            } else {
                Err(problems)
            };
        }
        if let Some(path) = find_virtual(&self.shared, &name, &wanted.specifier) {
            return Ok(ResolveAnswer {
                path: Some(path),
                ..ResolveAnswer::default()
            });
        }
        let kind = kind_of(&wanted.kind)?;
        let is_entry = wanted.kind.starts_with("entry-point");
        let found = self
            .inner
            .resolve(Some(&importer), &wanted.specifier, kind, is_entry);
        let Ok(found) = found else {
            let message = format!("Could not resolve: \"{}\"", wanted.specifier);
            let mut problem = Diagnostic::error(message).code("UNRESOLVED_IMPORT");
            if let Some(hint) = resolve_hint(&name, &wanted.specifier) {
                problem = problem.hint(hint);
            }
            return Err(vec![problem]);
        };
        let package = found.package_json.as_ref();
        let side_effects = package.and_then(|package| {
            let below = Path::new(found.path.as_str()).strip_prefix(package.realpath().parent()?);
            package.check_side_effects_for(&below.ok()?.to_string_lossy())
        });
        Ok(ResolveAnswer {
            path: Some(found.path.to_string()),
            side_effects,
            ..ResolveAnswer::default()
        })
    }
}

fn kind_of(name: &str) -> Result<ImportKind, Vec<Diagnostic>> {
    Ok(match name {
        "entry-point" | "entry-point-build" | "entry-point-run" | "import-statement" => {
            ImportKind::Import
        }
        "dynamic-import" => ImportKind::DynamicImport,
        "require-call" | "require-resolve" => ImportKind::Require,
        "import-rule" | "composes-from" => ImportKind::AtImport,
        "url-token" => ImportKind::UrlImport,
        _ => {
            let message = format!("Invalid kind: \"{name}\"");
            return Err(vec![Diagnostic::error(message)]);
        }
    })
}
