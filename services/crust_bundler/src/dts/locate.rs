//! Where a module's declarations are: the resolver's answers as the build has them, and `.d.ts` files beside scripts.

use std::path::Path;

use crust_resolve::{ReferrerKind, ResolveOptions, ResolvedKind, Resolver};
use crust_transpile::DeclarationRequest;

use crate::hooks::ResolveRequest;
use crate::loader::Loader;
use crate::options::{BuildOptions, Packages};
use crate::plugin::{Identity, Shared, find_virtual, is_excluded, is_path, output_of};

/// What is probed for an import without extension: declarations before the JavaScript that they are of.
const EXTENSIONS: [&str; 13] = [
    ".tsx", ".mts", ".ts", ".cts", ".d.ts", ".d.mts", ".d.cts", ".jsx", ".mjs", ".js", ".cjs",
    ".json", ".css",
];

/// Endings of scripts, and of the declarations that stand beside them.
const BESIDE: [(&str, &str); 4] = [
    (".js", ".d.ts"),
    (".jsx", ".d.ts"),
    (".mjs", ".d.mts"),
    (".cjs", ".d.cts"),
];

/// The same for names of TypeScript, where there is no such file.
const INSTEAD: [(&str, &str); 4] = [
    (".ts", ".d.ts"),
    (".tsx", ".d.ts"),
    (".mts", ".d.mts"),
    (".cts", ".d.cts"),
];

/// Where an import leads.
pub(super) enum Place {
    /// To a module, by its id.
    Module(String),
    /// Out of the bundle.
    External(String),
    /// Nowhere.
    Nowhere,
}

pub(super) fn resolver(options: &BuildOptions) -> Resolver {
    let mut conditions = vec!["types".to_owned()];
    conditions.extend(options.conditions.iter().cloned());
    Resolver::new(ResolveOptions {
        conditions,
        tsconfig_override: options.tsconfig.clone(),
        extension_order: EXTENSIONS.map(ToOwned::to_owned).to_vec(),
        ..ResolveOptions::default()
    })
}

/// Resolves an import in a type or a statement of declarations.
pub(super) async fn locate(
    shared: &Shared,
    resolver: &Resolver,
    importer: &str,
    request: &DeclarationRequest,
) -> Place {
    let specifier = request.specifier.as_str();
    if let Some(place) = ask_hooks(shared, importer, specifier).await {
        return place;
    }
    let options = &shared.options;
    let specifier = aliased(options, specifier);
    if is_outside(options, &specifier) {
        return Place::External(specifier);
    }
    let from = Path::new(Identity::of(importer).path);
    let found = find_virtual(shared, importer, &specifier).or_else(|| {
        let folder = from.parent()?;
        let found = resolver
            .resolve(&specifier, folder, ReferrerKind::Import)
            .ok();
        let found = found.filter(|found| matches!(found.kind, ResolvedKind::File));
        found
            .map(|found| found.path.to_string_lossy().into_owned())
            .or_else(|| beside_nothing(shared, folder, &specifier))
    });
    let Some(path) = found else {
        // A package may have declarations only.
        let is_package = !is_path(&specifier) && has_package(from, &specifier);
        return if is_package {
            Place::External(specifier)
        } else {
            Place::Nowhere
        };
    };
    if !is_path(&specifier) && !specifier.starts_with('#') && path.contains("/node_modules/") {
        return Place::External(specifier);
    }
    Place::Module(id_of(shared, path, request))
}

/// The id of a module: its declarations' file, if there is one, and how it is read, if the import says so.
fn id_of(shared: &Shared, path: String, request: &DeclarationRequest) -> String {
    let mut attributes = request.attributes.iter();
    let loader = attributes
        .find(|(key, _)| key == "type")
        .and_then(|(_, value)| value.parse::<Loader>().ok());
    if let Some(loader) = loader.filter(|loader| *loader != shared.loader_of(&path)) {
        return crate::plugin::id_with_loader(&path, loader);
    }
    beside(shared, &path).unwrap_or(path)
}

/// The declarations beside a script.
pub(super) fn beside(shared: &Shared, path: &str) -> Option<String> {
    renamed(shared, path, &BESIDE)
}

fn renamed(shared: &Shared, path: &str, endings: &[(&str, &str)]) -> Option<String> {
    let mut endings = endings.iter();
    let (stem, ending) =
        endings.find_map(|(script, ending)| Some((path.strip_suffix(script)?, ending)))?;
    let name = format!("{stem}{ending}");
    shared.has(Path::new(&name)).then_some(name)
}

/// `./x.js` or `./x` where there is nothing but `x.d.ts`, which may be a virtual file.
fn beside_nothing(shared: &Shared, folder: &Path, specifier: &str) -> Option<String> {
    if !is_path(specifier) {
        return None;
    }
    let path = crate::plugin::normalized(&folder.join(specifier));
    let path = path.to_string_lossy();
    let added = [".d.ts", ".d.mts", ".d.cts", "/index.d.ts"];
    let instead = || renamed(shared, &path, &INSTEAD);
    beside(shared, &path).or_else(instead).or_else(|| {
        let mut names = added.iter().map(|ending| format!("{path}{ending}"));
        names.find(|name| shared.has(Path::new(name)))
    })
}

async fn ask_hooks(shared: &Shared, importer: &str, specifier: &str) -> Option<Place> {
    let hooks = shared.hooks.as_ref()?;
    if !hooks.wants_resolve() {
        return None;
    }
    let from = Identity::of(importer);
    let request = ResolveRequest {
        specifier: specifier.to_owned(),
        importer: from.path.to_owned(),
        namespace: from.namespace.to_owned(),
        kind: "import-statement",
        plugin_data: shared.plugin_data(importer),
    };
    match hooks.resolve(request).await {
        Ok(None) => None,
        Ok(Some(answer)) if answer.external => {
            let path = answer.path.unwrap_or_else(|| specifier.to_owned());
            Some(Place::External(path))
        }
        Ok(Some(answer)) => {
            let id = output_of(shared, answer, specifier).id.to_string();
            let declarations = Identity::of(&id).is_file().then(|| beside(shared, &id));
            Some(Place::Module(declarations.flatten().unwrap_or(id)))
        }
        Err(problems) => {
            shared.problems.add(problems);
            Some(Place::External(specifier.to_owned()))
        }
    }
}

/// What is imported instead.
fn aliased(options: &BuildOptions, specifier: &str) -> String {
    let replaced = options.alias.iter().find_map(|(from, to)| {
        let rest = specifier.strip_prefix(from.as_str())?;
        (rest.is_empty() || rest.starts_with('/')).then(|| format!("{to}{rest}"))
    });
    replaced.unwrap_or_else(|| specifier.to_owned())
}

/// Imports that stay whatever there is.
fn is_outside(options: &BuildOptions, specifier: &str) -> bool {
    let is_url = ["http:", "https:", "//", "data:"];
    let is_package = !is_path(specifier) && !specifier.starts_with('#') && !specifier.contains(':');
    is_excluded(&options.external, specifier)
        || is_url.iter().any(|start| specifier.starts_with(start))
        || crust_resolve::builtin(specifier).is_some()
        || specifier == "bun:bundle"
        || (options.packages == Packages::External && is_package)
}

/// Whether a folder `node_modules` above has the package, or declarations for it.
fn has_package(importer: &Path, specifier: &str) -> bool {
    let parts = if specifier.starts_with('@') { 2 } else { 1 };
    let name: Vec<&str> = specifier.split('/').take(parts).collect();
    let types = name.join("__");
    let types = types.strip_prefix('@').unwrap_or(&types);
    importer.ancestors().any(|folder| {
        let packages = folder.join("node_modules");
        packages.join(name.join("/")).is_dir() || packages.join("@types").join(types).is_dir()
    })
}
