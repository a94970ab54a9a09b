//! The resolver library, configured for Bun's semantics. Nothing else knows its options.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use oxc_resolver::{
    Resolution, ResolveError as LibraryError, ResolveOptions as LibraryOptions, ResolverGeneric,
    TsconfigDiscovery,
};

use crate::file_system::{RepairingFileSystem, Repairs};
use crate::options::{ReferrerKind, ResolveOptions};
use crate::problems::ConfigProblem;

pub(super) type Library = ResolverGeneric<RepairingFileSystem>;

/// What the library found.
pub(super) struct Found {
    pub(super) path: PathBuf,
    pub(super) query: Option<String>,
}

/// One configuration per referrer kind; all share one cache of the file system.
pub(super) struct Libraries {
    import: Family,
    require: Family,
    any: Library,
}

/// The configurations of one referrer kind. They differ in the extensions that are probed first.
struct Family {
    /// For the program's own files.
    local: [Option<Library>; 2],
    /// For files inside `node_modules`; `None` where the order was given.
    installed: Option<Library>,
    /// For the entry of an installed package, whose `main` may lack its extension.
    entry: Option<Library>,
}

/// A chain of broken packages longer than this is given up on.
const REPAIRS_PER_RESOLUTION: usize = 16;

impl Libraries {
    pub(super) fn new(options: &ResolveOptions, repairs: &Arc<Repairs>) -> Self {
        let file_system = RepairingFileSystem::over(Arc::clone(repairs));
        let any = Library::new_with_file_system(
            file_system,
            configure(options, ReferrerKind::Import, &["main"]),
        );
        let family = |kind| {
            let first = any.clone_with_options(configure(options, kind, &["main"]));
            let ordered = |order: &[&str]| {
                options.extension_order.is_empty().then(|| {
                    let mut changed = configure(options, kind, &["main"]);
                    changed.extensions = order.iter().map(|name| (*name).to_owned()).collect();
                    any.clone_with_options(changed)
                })
            };
            // Bun uses `module` where nothing else leads to a file; `main` and `index.*` win.
            let then = options
                .main_fields
                .is_empty()
                .then(|| any.clone_with_options(configure(options, kind, &["main", "module"])));
            Family {
                local: [Some(first), then],
                installed: ordered(installed_extensions(kind)),
                entry: ordered(ENTRY_EXTENSIONS),
            }
        };
        let import = family(ReferrerKind::Import);
        let require = family(ReferrerKind::Require);
        Self {
            import,
            require,
            any,
        }
    }

    /// Any of them, for what does not depend on the referrer.
    pub(super) fn any(&self) -> &Library {
        &self.any
    }

    /// Asks each configuration for `kind` in turn, then tries what Bun allows beyond `exports`.
    pub(super) fn resolve(
        &self,
        specifier: &str,
        dir: &Path,
        kind: ReferrerKind,
        repairs: &Repairs,
        ask: impl Fn(&Library) -> Result<Resolution, LibraryError>,
    ) -> Result<Found, LibraryError> {
        let family = match kind {
            ReferrerKind::Import => &self.import,
            ReferrerKind::Require => &self.require,
        };
        let again = |library: &Library| repaired(repairs, || ask(library)).ok();
        let is_path = specifier.starts_with(['.', '/']);
        if let Some(library) = family.installed.as_ref().filter(|_| is_path)
            && is_installed(dir)
            && let Some(resolution) = again(library)
        {
            return Ok(found(&resolution));
        }
        let mut first_error = None;
        for library in family.local.iter().flatten() {
            match repaired(repairs, || ask(library)) {
                Ok(resolution) => {
                    let better = family
                        .for_package(specifier, resolution.path())
                        .and_then(again);
                    return Ok(found(better.as_ref().unwrap_or(&resolution)));
                }
                Err(error @ LibraryError::PackagePathNotExported { .. }) => {
                    return beyond_exports(library, specifier, dir, error);
                }
                Err(error) => {
                    let settled = !matches!(error, LibraryError::NotFound(_));
                    let first = first_error.get_or_insert(error);
                    if settled {
                        return Err(first.clone());
                    }
                }
            }
        }
        Err(first_error.unwrap_or_else(|| LibraryError::NotFound(specifier.to_owned())))
    }
}

impl Family {
    /// Which configuration decides between the files that a package's specifier may mean.
    fn for_package(&self, specifier: &str, path: &Path) -> Option<&Library> {
        if specifier.starts_with(['.', '/', '#']) || !is_installed(path) {
            return None;
        }
        let slashes = specifier.matches('/').count();
        if slashes == usize::from(specifier.starts_with('@')) {
            return self.entry.as_ref();
        }
        let extension = path.extension().and_then(|name| name.to_str());
        let written = extension.is_some_and(|extension| specifier.ends_with(extension));
        self.installed.as_ref().filter(|_| !written)
    }
}

fn is_installed(path: &Path) -> bool {
    path.components()
        .any(|part| part.as_os_str() == "node_modules")
}

/// What Bun tries in installed packages, in its order.
fn installed_extensions(kind: ReferrerKind) -> &'static [&'static str] {
    match kind {
        ReferrerKind::Import => &[
            ".mjs", ".jsx", ".mts", ".js", ".cjs", ".tsx", ".ts", ".cts", ".json",
        ],
        ReferrerKind::Require => &[
            ".jsx", ".cjs", ".js", ".mjs", ".mts", ".tsx", ".ts", ".cts", ".json",
        ],
    }
}

/// What Bun adds to a `main` without extension, in its order.
const ENTRY_EXTENSIONS: &[&str] = &[
    ".js", ".cjs", ".cts", ".tsx", ".ts", ".jsx", ".json", ".mjs", ".mts",
];

/// Runs `ask`, reading broken `package.json` files as their usable part.
fn repaired(
    repairs: &Repairs,
    ask: impl Fn() -> Result<Resolution, LibraryError>,
) -> Result<Resolution, LibraryError> {
    let mut answer = ask();
    for _ in 0..REPAIRS_PER_RESOLUTION {
        let Err(LibraryError::Json(json)) = &answer else {
            break;
        };
        let problem = ConfigProblem {
            path: json.path.clone(),
            line: json.line,
            column: json.column,
            message: json.message.clone(),
        };
        if !repairs.package_json(problem) {
            break;
        }
        answer = ask();
    }
    answer
}

/// `"exports": null` is no `exports` at all.
fn has_null_exports(package_json: &Path) -> bool {
    let read = std::fs::read(package_json).ok();
    let parsed: Option<serde_json::Value> =
        read.and_then(|bytes| serde_json::from_slice(&bytes).ok());
    parsed.is_some_and(|json| json.get("exports") == Some(&serde_json::Value::Null))
}

/// Bun lets two subpaths through that `exports` does not name: `package.json`, and an exported
/// subpath with a script extension added.
fn beyond_exports(
    library: &Library,
    specifier: &str,
    dir: &Path,
    error: LibraryError,
) -> Result<Found, LibraryError> {
    let LibraryError::PackagePathNotExported {
        subpath,
        package_path,
        package_json_path,
        ..
    } = &error
    else {
        return Err(error);
    };
    if has_null_exports(package_json_path) {
        let inside = library.resolve(package_path, subpath);
        return inside
            .map(|resolution| found(&resolution))
            .map_err(|_| error);
    }
    if specifier.ends_with("/package.json") {
        let beside = library.resolve(package_path, "./package.json");
        return beside
            .map(|resolution| found(&resolution))
            .map_err(|_| error);
    }
    for extension in [".js", ".mjs", ".cjs", ".ts"] {
        if let Some(shorter) = specifier.strip_suffix(extension) {
            let exported = library.resolve(dir, shorter);
            return exported
                .map(|resolution| found(&resolution))
                .map_err(|_| error);
        }
    }
    Err(error)
}

fn found(resolution: &Resolution) -> Found {
    let mut query = resolution.query().unwrap_or_default().to_owned();
    query.push_str(resolution.fragment().unwrap_or_default());
    Found {
        path: resolution.path().to_owned(),
        query: (!query.is_empty()).then_some(query),
    }
}

fn configure(
    options: &ResolveOptions,
    kind: ReferrerKind,
    default_main_fields: &[&str],
) -> LibraryOptions {
    let owned = |names: &[&str]| {
        names
            .iter()
            .map(|name| (*name).to_owned())
            .collect::<Vec<_>>()
    };
    let alias = |from: &str, to: &[&str]| (from.to_owned(), owned(to));
    let mut modules = vec!["node_modules".to_owned()];
    let absolute = options.node_path.iter().filter(|path| path.is_absolute());
    modules.extend(absolute.map(|path| path.to_string_lossy().into_owned()));
    LibraryOptions {
        condition_names: options.condition_names(kind),
        extensions: options.extensions(kind),
        // A TypeScript source may stand where the emitted file is named.
        extension_alias: vec![
            alias(".js", &[".js", ".ts", ".tsx", ".mts"]),
            alias(".jsx", &[".jsx", ".tsx"]),
            alias(".mjs", &[".mjs", ".mts"]),
            alias(".cjs", &[".cjs", ".cts"]),
        ],
        main_fields: if options.main_fields.is_empty() {
            owned(default_main_fields)
        } else {
            options.main_fields.clone()
        },
        modules,
        node_path: false,
        symlinks: !options.preserve_symlinks,
        // The caller names the tsconfig of each request; see `Tsconfigs`.
        tsconfig: Some(TsconfigDiscovery::Auto),
        // Only `imports` targets reach it; specifiers are checked before.
        builtin_modules: true,
        ..LibraryOptions::default()
    }
}
