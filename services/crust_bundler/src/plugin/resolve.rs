//! Where an import leads: to what a plugin says, out of the bundle, to a virtual file, or to what rolldown's
//! resolver finds.

use std::path::{Component, Path, PathBuf};

use rolldown_common::{ImportKind, ResolvedId, side_effects::HookSideEffects};
use rolldown_plugin::{
    HookResolveIdArgs, HookResolveIdOutput, HookResolveIdReturn, PluginContext,
    PluginContextResolveOptions,
};

use super::identity::{id_of, id_with_loader};
use super::{Identity, Shared};
use crate::hooks::{ResolveAnswer, ResolveRequest};
use crate::options::{Packages, Target};
use crate::problem::{BadImport, resolve_hint};

pub(super) async fn resolve(
    shared: &Shared,
    ctx: &PluginContext,
    args: &HookResolveIdArgs<'_>,
) -> HookResolveIdReturn {
    let resolved = resolve_import(shared, ctx, args).await?;
    let Some(deferrals) = &shared.deferrals else {
        return Ok(resolved);
    };
    // Which modules are under way is known only if nothing is left to rolldown.
    let resolved = match resolved {
        Some(resolved) => Some(resolved),
        None => resolve_natively(ctx, args)
            .await?
            .map(HookResolveIdOutput::from_resolved_id),
    };
    match &resolved {
        Some(output) if is_external(output) => {}
        Some(output) => deferrals.expect(&output.id),
        None => deferrals.doubt(),
    }
    Ok(resolved)
}

fn is_external(output: &HookResolveIdOutput) -> bool {
    output
        .external
        .is_some_and(|external| external.is_external())
}

/// What rolldown would find by itself.
async fn resolve_natively(
    ctx: &PluginContext,
    args: &HookResolveIdArgs<'_>,
) -> anyhow::Result<Option<ResolvedId>> {
    let options = PluginContextResolveOptions {
        import_kind: args.kind,
        is_entry: args.is_entry,
        ..PluginContextResolveOptions::default()
    };
    Ok(ctx
        .resolve(args.specifier, args.importer, Some(options))
        .await?
        .ok())
}

async fn resolve_import(
    shared: &Shared,
    ctx: &PluginContext,
    args: &HookResolveIdArgs<'_>,
) -> HookResolveIdReturn {
    let specifier = args.specifier;
    if args.is_entry {
        // Entry points were found before the run; the resolver adds what their packages say.
        let known = Identity::of(specifier);
        let virtual_file = shared.options.files.contains_key(Path::new(known.path));
        // One with a loader is read again because its file changed.
        let ours = !known.is_file() || virtual_file || known.loader.is_some();
        return Ok(ours.then(|| HookResolveIdOutput::from_id(specifier)));
    }
    let importer = args.importer.unwrap_or_default();
    if let Some(answer) = ask_hooks(shared, importer, specifier, args.kind).await {
        return Ok(Some(answer));
    }
    if let Some(out) = leaves_bundle(shared, importer, specifier) {
        return Ok(Some(out));
    }
    let key = (importer.to_owned(), specifier.to_owned());
    let attribute = shared.state(|state| state.attributes.get(&key).copied());
    let worker = shared.state(|state| state.workers.get(&key).copied());
    let worker = worker.filter(|_| args.kind == ImportKind::NewUrl);
    if let Some(path) = find_virtual(shared, importer, specifier) {
        let id = attribute.map_or(path.clone(), |loader| id_with_loader(&path, loader));
        return Ok(Some(HookResolveIdOutput::from_id(id)));
    }
    let is_statement = matches!(args.kind, ImportKind::Import | ImportKind::DynamicImport);
    // What style sheets compose is looked up by where it leads.
    let trusts = is_path(specifier) && !shared.is_tolerant() && !shared.is_css(importer);
    if attribute.is_none() && worker.is_none() && (trusts || !is_statement) {
        return Ok(None);
    }
    let Some(found) = resolve_natively(ctx, args).await? else {
        if let Some(deferrals) = &shared.deferrals {
            deferrals.doubt();
        }
        shared.problems.import(BadImport {
            importer: importer.to_owned(),
            specifier: specifier.to_owned(),
            message: format!("Could not resolve: \"{specifier}\""),
            hint: resolve_hint(Identity::of(importer).path, specifier),
            code: "UNRESOLVED_IMPORT",
        });
        return Ok(Some(external(specifier)));
    };
    let mut output = HookResolveIdOutput::from_resolved_id(found);
    if let Some(kind) = worker {
        output.id = format!("{}{}", output.id, kind.suffix()).into();
        return Ok(Some(output));
    }
    if let Some(loader) = attribute {
        output.id = id_with_loader(&output.id, loader).into();
    }
    Ok(Some(output))
}

fn external(specifier: &str) -> HookResolveIdOutput {
    HookResolveIdOutput {
        id: specifier.into(),
        external: Some(true.into()),
        ..HookResolveIdOutput::default()
    }
}

/// `./x`, `../x`, `/x`.
pub(crate) fn is_path(specifier: &str) -> bool {
    specifier.starts_with('/')
        || specifier.starts_with("./")
        || specifier.starts_with("../")
        || specifier == "."
        || specifier == ".."
}

/// esbuild's names of the ways of importing.
fn kind_name(kind: ImportKind) -> &'static str {
    match kind {
        ImportKind::Import | ImportKind::HotAccept => "import-statement",
        ImportKind::DynamicImport => "dynamic-import",
        ImportKind::Require => "require-call",
        ImportKind::AtImport => "import-rule",
        ImportKind::UrlImport | ImportKind::NewUrl => "url-token",
    }
}

async fn ask_hooks(
    shared: &Shared,
    importer: &str,
    specifier: &str,
    kind: ImportKind,
) -> Option<HookResolveIdOutput> {
    let hooks = shared
        .hooks
        .as_ref()
        .filter(|hooks| hooks.wants_resolve())?;
    let from = Identity::of(importer);
    let request = ResolveRequest {
        specifier: specifier.to_owned(),
        importer: from.path.to_owned(),
        namespace: from.namespace.to_owned(),
        kind: kind_name(kind),
        plugin_data: shared.plugin_data(importer),
    };
    match hooks.resolve(request).await {
        Ok(answer) => answer.map(|answer| output_of(shared, answer, specifier)),
        Err(problems) => {
            shared.problems.add(problems);
            // The build has failed; what else is wrong is found out all the same.
            Some(external(specifier))
        }
    }
}

/// A plugin's answer as rolldown takes it.
pub(crate) fn output_of(
    shared: &Shared,
    answer: ResolveAnswer,
    specifier: &str,
) -> HookResolveIdOutput {
    shared.watch(answer.watch_files);
    shared.problems.add(answer.warnings);
    let path = answer.path.unwrap_or_else(|| specifier.to_owned());
    let side_effects = answer.side_effects.map(|has| {
        if has {
            HookSideEffects::True
        } else {
            HookSideEffects::False
        }
    });
    if answer.external {
        return HookResolveIdOutput {
            side_effects,
            ..external(&path)
        };
    }
    let id = id_of(&answer.namespace, &path);
    shared.keep_plugin_data(&id, answer.plugin_data);
    HookResolveIdOutput {
        id: id.into(),
        external: Some(false.into()),
        side_effects,
        ..HookResolveIdOutput::default()
    }
}

/// Imports that stay imports.
fn leaves_bundle(shared: &Shared, importer: &str, specifier: &str) -> Option<HookResolveIdOutput> {
    let options = &shared.options;
    if is_excluded(&options.external, specifier) {
        return Some(external(specifier));
    }
    // Its imports are answered before the parser sees them; what is left has been complained about.
    if specifier == "bun:bundle" {
        return Some(external(specifier));
    }
    let is_url = ["http:", "https:", "//"]
        .iter()
        .any(|start| specifier.starts_with(start));
    if is_url {
        return Some(external(specifier));
    }
    if let Some(name) = crust_resolve::builtin(specifier) {
        return builtin(shared, importer, specifier, &name);
    }
    let is_package = !is_path(specifier) && !specifier.starts_with('#') && !specifier.contains(':');
    (options.packages == Packages::External && is_package).then(|| external(specifier))
}

fn builtin(
    shared: &Shared,
    importer: &str,
    specifier: &str,
    name: &str,
) -> Option<HookResolveIdOutput> {
    let of_bun = name == "bun" || name.starts_with("bun:");
    let is_there = match shared.options.target {
        Target::Bun => true,
        Target::Node => !of_bun,
        Target::Browser => false,
    };
    if is_there || (of_bun && shared.options.target == Target::Node) {
        // Modules of the runtime do nothing when they are merely loaded.
        return Some(HookResolveIdOutput {
            side_effects: Some(HookSideEffects::False),
            ..external(specifier)
        });
    }
    // A package that has the name of a builtin, as `buffer` or `events`, serves browsers.
    if !specifier.starts_with("node:") && !of_bun && has_package(importer, specifier) {
        return None;
    }
    let what = if of_bun { "Bun's" } else { "Node's" };
    shared.problems.import(BadImport {
        importer: importer.to_owned(),
        specifier: specifier.to_owned(),
        message: format!("Browser build cannot import {what} builtin: \"{specifier}\""),
        hint: Some(
            "set the target to \"node\" or \"bun\", or install a package of that name for browsers"
                .to_owned(),
        ),
        code: "BUILTIN_IN_BROWSER",
    });
    Some(external(specifier))
}

/// Whether a folder `node_modules` above the importer has the package.
fn has_package(importer: &str, specifier: &str) -> bool {
    let name = specifier.split('/').next().unwrap_or(specifier);
    Path::new(importer)
        .ancestors()
        .any(|folder| folder.join("node_modules").join(name).is_dir())
}

/// Whether a pattern names the specifier: the same text, a package with what is in it, or `*` for anything.
pub(crate) fn is_excluded(patterns: &[String], specifier: &str) -> bool {
    patterns.iter().any(|pattern| {
        if let Some((start, end)) = pattern.split_once('*') {
            return specifier.len() >= start.len() + end.len()
                && specifier.starts_with(start)
                && specifier.ends_with(end);
        }
        let rest = specifier.strip_prefix(pattern.as_str());
        rest.is_some_and(|rest| rest.is_empty() || (!is_path(pattern) && rest.starts_with('/')))
    })
}

/// The same as an answer of a plugin.
pub(crate) fn find_outside(
    shared: &Shared,
    importer: &str,
    specifier: &str,
) -> Option<ResolveAnswer> {
    let output = leaves_bundle(shared, importer, specifier)?;
    Some(ResolveAnswer {
        path: Some(output.id.to_string()),
        external: true,
        side_effects: output
            .side_effects
            .map(|has| !matches!(has, HookSideEffects::False)),
        ..ResolveAnswer::default()
    })
}

/// A virtual file that an import leads to, with the extensions and index files that the disk would be
/// searched for.
pub(crate) fn find_virtual(shared: &Shared, importer: &str, specifier: &str) -> Option<String> {
    let files = &shared.options.files;
    if files.is_empty() || !is_path(specifier) {
        return None;
    }
    let folder = Path::new(Identity::of(importer).path).parent()?;
    let path = normalized(&folder.join(specifier));
    let plain = path.to_string_lossy().into_owned();
    let endings = [
        "", ".tsx", ".jsx", ".ts", ".mjs", ".js", ".cjs", ".json", ".css",
    ];
    let found = endings.iter().find_map(|ending| {
        let name = format!("{plain}{ending}");
        files.contains_key(Path::new(&name)).then_some(name)
    });
    let index = || {
        endings.iter().skip(1).find_map(|ending| {
            let name = format!("{plain}/index{ending}");
            files.contains_key(Path::new(&name)).then_some(name)
        })
    };
    found.or_else(index)
}

/// The path without `.` and `..`.
pub(crate) fn normalized(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => drop(out.pop()),
            part => out.push(part),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_name_imports() {
        let check = |pattern: &str, specifier: &str, expect: bool| {
            let patterns = [pattern.to_owned()];
            assert_eq!(
                is_excluded(&patterns, specifier),
                expect,
                "{pattern} {specifier}"
            );
        };
        check("react", "react", true);
        check("react", "react/jsx-runtime", true);
        check("react", "react-dom", false);
        check("*", "anything", true);
        check("@app/*", "@app/x", true);
        check("*.png", "./a.png", true);
        check("a*a", "a", false);
        check("./x", "./x", true);
        check("./x", "./x/y", false);
    }

    #[test]
    fn paths_are_normalized() {
        let check = |path: &str, expect: &str| {
            assert_eq!(normalized(Path::new(path)), Path::new(expect));
        };
        check("/a/./b/../c", "/a/c");
        check("/../a", "/a");
    }
}
