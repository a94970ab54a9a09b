//! From a failure to an explanation: what was tried, and what would help. Only failures pay.

use std::path::{Path, PathBuf};

use oxc_resolver::ResolveError as LibraryError;

use super::{Resolver, is_relative};
use crate::error::{Reason, ResolveError};
use crate::file_url::normalize;
use crate::hint;
use crate::options::ReferrerKind;

/// The library's error in our terms.
pub(super) fn reason_of(error: LibraryError) -> Reason {
    match error {
        LibraryError::PackagePathNotExported {
            subpath,
            package_path,
            conditions,
            ..
        } => Reason::NotExported {
            package: package_path,
            subpath,
            conditions: conditions.names().to_vec(),
        },
        LibraryError::PackageImportNotDefined(_, package_json) => Reason::ImportNotDefined {
            package_json: Some(package_json),
        },
        LibraryError::InvalidPackageTarget(target, key, path) => {
            Reason::InvalidPackageConfig(format!(
                "{} maps \"{key}\" to \"{target}\", which is not a path inside the package",
                path.display()
            ))
        }
        LibraryError::InvalidModuleSpecifier(_, path) => Reason::InvalidPackageConfig(format!(
            "the specifier is not a valid subpath for \"exports\" of {}",
            path.display()
        )),
        LibraryError::InvalidPackageConfig(path) => Reason::InvalidPackageConfig(format!(
            "\"exports\" of {} mixes subpaths (keys with a leading dot) and conditions",
            path.display()
        )),
        LibraryError::InvalidPackageConfigDefault(path) => Reason::InvalidPackageConfig(format!(
            "\"default\" is not the last condition in {}",
            path.display()
        )),
        LibraryError::InvalidPackageConfigDirectory(path) => Reason::InvalidPackageConfig(format!(
            "a folder of {} is mapped to something that is no folder",
            path.display()
        )),
        LibraryError::Recursion => Reason::Other("the aliases lead in a circle".to_owned()),
        LibraryError::IOError(error) => Reason::Other(error.to_string()),
        _ => Reason::NotFound,
    }
}

impl Resolver {
    pub(super) fn explain(
        &self,
        specifier: &str,
        dir: &Path,
        kind: ReferrerKind,
        reason: Reason,
    ) -> Box<ResolveError> {
        let (path, _) = hint::split_query(specifier);
        let by_path = is_relative(path) || path.starts_with('/');
        let mut error = Box::new(ResolveError {
            specifier: specifier.to_owned(),
            referrer_dir: dir.to_owned(),
            kind,
            tried: Vec::new(),
            reason,
            hint: None,
        });
        match error.reason {
            Reason::NotFound if by_path => {
                let target = normalize(&dir.join(path));
                error.tried = self.candidates(&target, path.ends_with('/'));
                error.hint = hint::similar_file(path, &target);
            }
            Reason::NotFound if path.starts_with('#') => {
                error.reason = Reason::ImportNotDefined { package_json: None };
            }
            Reason::NotFound if !path.is_empty() && path.len() <= super::LONGEST_PATH => {
                self.explain_package(path, dir, &mut error);
            }
            Reason::UnknownBuiltin => error.hint = hint::similar_builtin(path),
            _ => {}
        }
        error
    }

    fn explain_package(&self, path: &str, dir: &Path, error: &mut ResolveError) {
        let package = hint::package_name(path);
        let homes = self.package_homes(package, dir);
        // A scope alone is a directory of packages and never a package.
        let scope = package.starts_with('@') && !package.contains('/');
        if let Some(home) = homes.iter().find(|home| !scope && home.is_dir()) {
            let problems = self.problems.list();
            let manifest = home.join("package.json");
            if let Some(problem) = problems
                .into_iter()
                .find(|problem| problem.path == manifest)
            {
                error.reason = Reason::InvalidPackageJson(Box::new(problem.diagnostic()));
                return;
            }
            let inside = path[package.len()..].trim_start_matches('/');
            let target = if inside.is_empty() {
                home.clone()
            } else {
                home.join(inside)
            };
            error.tried = self.candidates(&target, inside.is_empty());
            error.hint = if inside.is_empty() {
                Some(format!(
                    "{} is installed, but neither its package.json nor an index file names an \
                     entry that exists",
                    home.display()
                ))
            } else {
                hint::similar_file(path, &target)
            };
            return;
        }
        error.tried = homes;
        error.hint = self
            .file_without_dot(path, dir)
            .or_else(|| hint::similar_builtin(path))
            .or_else(|| {
                (!scope).then(|| format!("the package is not installed: crust add {package}"))
            });
        error.reason = Reason::PackageNotInstalled {
            package: package.to_owned(),
        };
    }

    /// `lib/x` where `./lib/x` was meant.
    fn file_without_dot(&self, path: &str, dir: &Path) -> Option<String> {
        let target = normalize(&dir.join(path));
        let exists = self
            .candidates(&target, false)
            .iter()
            .any(|path| path.is_file());
        exists.then(|| format!("did you mean \"./{path}\"?"))
    }

    /// The directories that could hold `package`, nearest first.
    fn package_homes(&self, package: &str, dir: &Path) -> Vec<PathBuf> {
        let walked = dir
            .ancestors()
            .filter(|ancestor| {
                ancestor
                    .file_name()
                    .is_none_or(|name| name != "node_modules")
            })
            .map(|ancestor| ancestor.join("node_modules").join(package));
        let named = self.options.node_path.iter().map(|home| home.join(package));
        walked.chain(named).collect()
    }

    /// The files that `target` may stand for, in the order of probing.
    fn candidates(&self, target: &Path, directory: bool) -> Vec<PathBuf> {
        let with = |base: &Path, extension: &str| {
            let mut name = base.as_os_str().to_owned();
            name.push(extension);
            PathBuf::from(name)
        };
        let extensions = self
            .options
            .extensions(crate::options::ReferrerKind::Import);
        let mut paths = Vec::new();
        if !directory && target.file_name().is_some() {
            paths.push(target.to_owned());
            let aliases: &[&str] = match target.extension().and_then(|name| name.to_str()) {
                Some("js") => &["ts", "tsx", "mts"],
                Some("jsx") => &["tsx"],
                Some("mjs") => &["mts"],
                Some("cjs") => &["cts"],
                _ => &[],
            };
            paths.extend(
                aliases
                    .iter()
                    .map(|extension| target.with_extension(extension)),
            );
            paths.extend(extensions.iter().map(|extension| with(target, extension)));
        }
        if target.is_dir() {
            paths.push(target.join("package.json"));
            let index = target.join("index");
            paths.extend(extensions.iter().map(|extension| with(&index, extension)));
        }
        paths
    }
}
