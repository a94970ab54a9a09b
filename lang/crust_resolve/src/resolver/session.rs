//! One view of the file system: the caches, and the order in which a specifier is understood. What
//! it remembers never changes; when the file system did, another view takes its place.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use oxc_resolver::{ResolveContext, ResolveError as LibraryError};

use super::explain::reason_of;
use super::library::{Found, Libraries};
use super::{LONGEST_PATH, is_relative};
use crate::builtins::builtin;
use crate::error::Reason;
use crate::file_system::Repairs;
use crate::file_url::{file_url_to_path, is_file_url, normalize};
use crate::options::{ReferrerKind, ResolveOptions};
use crate::package_scope::PackageScopes;
use crate::problems::Problems;
use crate::resolved::{Resolved, ResolvedKind};
use crate::tsconfig::Tsconfigs;

pub(super) struct Session {
    options: Arc<ResolveOptions>,
    libraries: Libraries,
    repairs: Arc<Repairs>,
    scopes: PackageScopes,
    tsconfigs: Tsconfigs,
}

impl Session {
    pub(super) fn new(options: &Arc<ResolveOptions>, problems: &Arc<Problems>) -> Self {
        let repairs = Arc::new(Repairs::new(Arc::clone(problems)));
        Self {
            options: Arc::clone(options),
            libraries: Libraries::new(options, &repairs),
            repairs,
            scopes: PackageScopes::default(),
            tsconfigs: Tsconfigs::default(),
        }
    }

    pub(super) fn specifier(
        &self,
        specifier: &str,
        dir: &Path,
        kind: ReferrerKind,
    ) -> Result<Resolved, Reason> {
        let first = specifier.as_bytes().first().copied();
        let path_part = specifier.split('?').next().unwrap_or_default();
        match first {
            None => return Err(Reason::NotFound),
            Some(b'.' | b'/') if path_part.len() > LONGEST_PATH => return Err(Reason::NotFound),
            Some(b'.') if is_relative(specifier) => return self.found(specifier, dir, kind, false),
            Some(b'/') => return self.absolute(specifier, kind),
            _ => {}
        }
        if let Some(special) = self.special(specifier)? {
            return Ok(special);
        }
        if is_file_url(specifier) {
            let (path, query) = file_url_to_path(specifier).map_err(Reason::InvalidUrl)?;
            return self.path(&path, specifier.ends_with('/'), query, kind);
        }
        if path_part.len() > LONGEST_PATH {
            return Err(Reason::NotFound);
        }
        self.found(specifier, dir, kind, true)
    }

    /// Builtins, `data:` URLs and URLs that nothing can import.
    fn special(&self, specifier: &str) -> Result<Option<Resolved>, Reason> {
        if let Some(name) = builtin(specifier) {
            return Ok(Some(Resolved::special(ResolvedKind::Builtin(name))));
        }
        if self
            .options
            .replaced_packages
            .iter()
            .any(|name| name == specifier)
        {
            return Ok(Some(Resolved::special(ResolvedKind::Builtin(
                specifier.to_owned(),
            ))));
        }
        let Some((scheme, _)) = specifier.split_once(':') else {
            return Ok(None);
        };
        match scheme.to_ascii_lowercase().as_str() {
            "node" | "bun" => Err(Reason::UnknownBuiltin),
            "data" => Ok(Some(Resolved::special(ResolvedKind::DataUrl(
                specifier.to_owned(),
            )))),
            "http" | "https" | "blob" => Err(Reason::UnsupportedScheme(scheme.to_owned())),
            _ => Ok(None),
        }
    }

    /// An absolute path as a specifier: a name that holds `?` is a file before it is a query.
    fn absolute(&self, specifier: &str, kind: ReferrerKind) -> Result<Resolved, Reason> {
        let whole = normalize(Path::new(specifier));
        if specifier.contains('?') && !whole.is_file() {
            let (path, query) = specifier.split_at(specifier.find('?').unwrap_or_default());
            let target = normalize(Path::new(path));
            return self.path(&target, path.ends_with('/'), Some(query.to_owned()), kind);
        }
        self.path(&whole, specifier.ends_with('/'), None, kind)
    }

    /// A normal absolute path, which may lack its extension or be a directory.
    pub(super) fn path(
        &self,
        target: &Path,
        directory: bool,
        query: Option<String>,
        kind: ReferrerKind,
    ) -> Result<Resolved, Reason> {
        if target.as_os_str().len() > LONGEST_PATH {
            return Err(Reason::NotFound);
        }
        let mut resolved = if !directory && target.is_file() {
            self.file(self.real_path(target))
        } else {
            let (parent, name) = match (target.parent(), target.file_name()) {
                (Some(parent), Some(name)) => (parent, format!("./{}", name.to_string_lossy())),
                _ => (target, "./".to_owned()),
            };
            let name = if directory { format!("{name}/") } else { name };
            self.found(&name, parent, kind, false)?
        };
        if query.is_some() {
            resolved.query = query;
        }
        Ok(resolved)
    }

    /// Asks the library, with the referrer's path mappings if `mapped`.
    fn found(
        &self,
        specifier: &str,
        dir: &Path,
        kind: ReferrerKind,
        mapped: bool,
    ) -> Result<Resolved, Reason> {
        let tsconfig = mapped.then(|| self.tsconfig(dir)).flatten();
        let answer =
            self.libraries.resolve(
                specifier,
                dir,
                kind,
                &self.repairs,
                |library| match &tsconfig {
                    None => library.resolve(dir, specifier),
                    Some(tsconfig) => {
                        let mut seen = ResolveContext::default();
                        library.resolve_with_context(dir, specifier, Some(tsconfig), &mut seen)
                    }
                },
            );
        match answer {
            Ok(Found { path, query }) => {
                let mut resolved = self.file(path);
                resolved.query = query;
                Ok(resolved)
            }
            Err(LibraryError::Builtin { resolved, .. }) => match builtin(&resolved) {
                Some(name) => Ok(Resolved::special(ResolvedKind::Builtin(name))),
                None => Err(Reason::UnknownBuiltin),
            },
            Err(LibraryError::Ignored(_)) => Ok(Resolved::special(ResolvedKind::Ignored)),
            Err(error) => Err(reason_of(error)),
        }
    }

    fn tsconfig(&self, dir: &Path) -> Option<Arc<oxc_resolver::TsConfig>> {
        let fixed = self.options.tsconfig_override.as_deref();
        self.tsconfigs
            .nearest(dir, fixed, self.libraries.any(), &self.repairs)
    }

    fn file(&self, path: PathBuf) -> Resolved {
        let package_type = path.parent().and_then(|dir| self.scopes.nearest(dir));
        Resolved {
            path,
            query: None,
            package_type,
            kind: ResolvedKind::File,
        }
    }

    fn real_path(&self, path: &Path) -> PathBuf {
        if self.options.preserve_symlinks {
            return path.to_owned();
        }
        std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())
    }
}
