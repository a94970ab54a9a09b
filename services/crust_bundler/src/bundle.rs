//! The way of a build: entry points are found, rolldown runs once, or once for each entry point where
//! nothing is shared, and what comes out is gathered. Writes nothing.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crust_diag::Diagnostic;
use rolldown::InjectImport;

use crate::artifact::{Artifact, Build};
use crate::hooks::{Hooks, ResolveRequest};
use crate::loader::Loader;
use crate::naming::{self, Parts};
use crate::options::{BuildOptions, Format};
use crate::page;
use crate::plugin::{Identity, Shared};
use crate::problem;
use crate::session::Session;
use crate::settings::{Entry, EntryKind};
use crate::transpile;
use crate::write::WriteError;

/// A build that failed: everything that is wrong, in the order of files and places.
#[derive(Debug)]
pub struct Failure {
    /// What is wrong; at least one of them is an error.
    pub problems: Vec<Diagnostic>,
    /// Files whose change makes another build worthwhile, as far as they were reached.
    pub watched: Vec<PathBuf>,
    /// Paths, perhaps without extension, at which a file would help.
    pub missing: Vec<PathBuf>,
}

impl From<Vec<Diagnostic>> for Failure {
    fn from(mut problems: Vec<Diagnostic>) -> Self {
        problem::sort(&mut problems);
        Self {
            problems,
            watched: Vec::new(),
            missing: Vec::new(),
        }
    }
}

impl From<WriteError> for Failure {
    fn from(error: WriteError) -> Self {
        Diagnostic::error(error.to_string())
            .code("ERR_BUILD_WRITE")
            .into()
    }
}

impl From<Diagnostic> for Failure {
    fn from(problem: Diagnostic) -> Self {
        Self {
            problems: vec![problem],
            watched: Vec::new(),
            missing: Vec::new(),
        }
    }
}

/// Threads of the runtime that rolldown's tasks run on. Parsing is done by these; more than the machine
/// has only fight.
const MOST_THREADS: usize = 16;
/// Sources are walked recursively, on these threads and on rayon's. Pages are used only as they are touched.
pub(crate) const STACK_SIZE: usize = 64 << 20;

/// Runs a build on threads of its own and waits for it.
///
/// # Errors
/// Everything that is wrong with the program or its options.
pub fn build(options: BuildOptions, hooks: Option<Arc<dyn Hooks>>) -> Result<Build, Failure> {
    // The caller's stack may be small.
    let thread = std::thread::Builder::new()
        .name("bundle".to_owned())
        .stack_size(STACK_SIZE)
        .spawn(move || build_here(options, hooks));
    let failed = |what: String| Failure::from(Diagnostic::error(what));
    let thread = thread.map_err(|error| failed(format!("cannot start a thread: {error}")))?;
    thread
        .join()
        .unwrap_or_else(|_| Err(failed("internal error: the bundler panicked".to_owned())))
}

fn build_here(options: BuildOptions, hooks: Option<Arc<dyn Hooks>>) -> Result<Build, Failure> {
    let runtime = runtime()?;
    let built = runtime.block_on(run(options, hooks));
    // What a plugin left running is not waited for.
    runtime.shutdown_background();
    built
}

/// The threads that rolldown's tasks run on.
pub(crate) fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    // The pool is the process's; whoever made it first has decided.
    let _ = rayon::ThreadPoolBuilder::new()
        .stack_size(STACK_SIZE)
        .build_global();
    let threads = std::thread::available_parallelism().map_or(2, usize::from);
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(threads.clamp(2, MOST_THREADS))
        .thread_stack_size(STACK_SIZE)
        .thread_name("bundle")
        .enable_all()
        .build()
        .map_err(|error| Diagnostic::error(format!("cannot start threads: {error}")).into())
}

async fn run(options: BuildOptions, hooks: Option<Arc<dyn Hooks>>) -> Result<Build, Failure> {
    check(&options)?;
    if options.no_bundle {
        let build = transpile::entry_points(&options)?;
        no_duplicates(&build.artifacts, &[])?;
        return Ok(build);
    }
    Session::open(options, hooks, false).await?.build(&[]).await
}

/// What cannot go together.
pub(crate) fn check(options: &BuildOptions) -> Result<(), Failure> {
    let wrong = |message: &str| Err(Failure::from(Diagnostic::error(message)));
    if options.entrypoints.is_empty() {
        return wrong("Missing entrypoints. What would you like to bundle?");
    }
    if let Some(root) = &options.root
        && options.files.is_empty()
        && !root.is_dir()
    {
        return wrong(&format!("The root \"{}\" is no folder", root.display()));
    }
    if options.splitting && options.format == Format::Iife {
        return wrong("splitting needs the format esm or cjs, not iife");
    }
    let defines = options.define.iter();
    let problems: Vec<Diagnostic> = defines.filter_map(wrong_define).collect();
    if problems.is_empty() {
        Ok(())
    } else {
        Err(problems.into())
    }
}

/// rolldown does not say which of them is wrong.
fn wrong_define((name, value): &(String, String)) -> Option<Diagnostic> {
    let options = crust_transpile::Options {
        syntax: crust_transpile::Syntax::Jsx,
        ..crust_transpile::Options::default()
    };
    let found = crust_transpile::diagnose(&format!("(\n{value}\n)"), &options);
    (!found.is_empty()).then(|| {
        let message = format!("define: the value of \"{name}\" is no expression: {value}");
        let hint = format!("text needs quotes of its own, as {name}='\"text\"'");
        Diagnostic::error(message)
            .code("INVALID_DEFINE_CONFIG")
            .hint(hint)
    })
}

/// Where the entry points are, and the root of their names.
pub(crate) async fn find_entries(shared: &Shared) -> Result<(Vec<Entry>, PathBuf), Failure> {
    let options = &shared.options;
    let (mut ids, mut missing, mut places) = (Vec::new(), Vec::new(), Vec::new());
    for entry in &options.entrypoints {
        match find_entry(shared, entry).await {
            // One program that is named twice is one output.
            Ok(id) if ids.contains(&id) => {}
            Ok(id) => ids.push(id),
            Err(problem) => {
                missing.extend(problem);
                places.push(crate::plugin::normalized(&options.directory.join(entry)));
            }
        }
    }
    if !missing.is_empty() {
        let mut failure = Failure::from(missing);
        failure.missing = places;
        return Err(failure);
    }
    let paths: Vec<PathBuf> = ids
        .iter()
        .map(|id| options.directory.join(Identity::of(id).path))
        .collect();
    let root = options
        .root
        .clone()
        .or_else(|| naming::shared_folder(paths.iter().map(PathBuf::as_path)))
        .unwrap_or_else(|| options.directory.clone());
    let entries = ids.into_iter().zip(&paths);
    let entries = entries.map(|(id, path)| entry_of(shared, &root, id, path));
    Ok((entries.collect(), root))
}

/// What an entry point is, and what its files are called.
fn entry_of(shared: &Shared, root: &Path, id: String, path: &Path) -> Entry {
    let options = &shared.options;
    let kind = match shared.loader_of(&path.to_string_lossy()) {
        Loader::Css => EntryKind::Css,
        Loader::Html => EntryKind::Page,
        _ => EntryKind::Script,
    };
    let named = |extension| entry_template(options, root, path, extension);
    let page_script = || {
        let parts = Parts {
            dir: "",
            name: &naming::stem(path),
            ext: "js",
            target: options.target,
        };
        naming::fill(&options.naming.chunk, parts)
    };
    let beside = |template: &str, extension: &str| {
        Path::new(template)
            .with_extension(extension)
            .to_string_lossy()
            .into_owned()
    };
    match (kind, &options.outfile) {
        (EntryKind::Page, outfile) => Entry {
            id: format!("{}:{id}", page::NAMESPACE),
            template: page_script(),
            css: String::new(),
            html: outfile.clone().unwrap_or_else(|| named("html")),
            kind,
        },
        (EntryKind::Css, Some(outfile)) => Entry {
            id,
            template: String::new(),
            css: outfile.clone(),
            html: String::new(),
            kind,
        },
        (_, Some(outfile)) => Entry {
            id,
            template: outfile.clone(),
            css: beside(outfile, "css"),
            html: String::new(),
            kind,
        },
        (_, None) => Entry {
            id,
            template: named("js"),
            css: named("css"),
            html: String::new(),
            kind,
        },
    }
}

/// The output file's name of an entry point.
pub(crate) fn entry_template(
    options: &BuildOptions,
    root: &Path,
    path: &Path,
    extension: &str,
) -> String {
    let parts = Parts {
        dir: &naming::folder_below(root, path),
        name: &naming::stem(path),
        ext: extension,
        target: options.target,
    };
    naming::fill(&options.naming.entry, parts)
}

async fn find_entry(shared: &Shared, entry: &str) -> Result<String, Vec<Diagnostic>> {
    let options = &shared.options;
    if let Some(hooks) = shared.hooks.as_ref().filter(|hooks| hooks.wants_resolve()) {
        let request = ResolveRequest {
            specifier: entry.to_owned(),
            importer: String::new(),
            namespace: "file".to_owned(),
            kind: "entry-point-build",
            plugin_data: None,
        };
        if let Some(answer) = hooks.resolve(request).await? {
            if answer.external {
                let message = format!("The entry point \"{entry}\" cannot be external");
                return Err(vec![Diagnostic::error(message)]);
            }
            let output = crate::plugin::output_of(shared, answer, entry);
            return Ok(output.id.to_string());
        }
    }
    find_file(options, entry).ok_or_else(|| {
        let message = format!("ModuleNotFound resolving \"{entry}\" (entry point)");
        let mut missing = Diagnostic::error(message).code("UNRESOLVED_ENTRY");
        if let Some(hint) = problem::entry_hint(&options.directory, entry) {
            missing = missing.hint(hint);
        }
        vec![missing]
    })
}

/// A file or a package by what a user calls it.
pub(crate) fn find_file(options: &BuildOptions, entry: &str) -> Option<String> {
    let path = crate::plugin::normalized(&options.directory.join(entry));
    if options.files.contains_key(&path) || path.is_file() {
        return Some(path.to_string_lossy().into_owned());
    }
    let resolver = crust_resolve::Resolver::new(crust_resolve::ResolveOptions::default());
    let found = resolver.resolve_entry(entry, &options.directory).ok()?;
    let is_file = matches!(found.kind, crust_resolve::ResolvedKind::File);
    is_file.then(|| found.path.to_string_lossy().into_owned())
}

/// The exports of files that are injected wherever their names are free.
pub(crate) fn injected(options: &BuildOptions) -> Result<Vec<InjectImport>, Failure> {
    let mut imports = Vec::new();
    for name in &options.inject {
        let missing = || {
            let message = format!("Could not resolve \"{name}\" (inject)");
            Failure::from(Diagnostic::error(message))
        };
        let path = find_file(options, name).ok_or_else(missing)?;
        let source = std::fs::read_to_string(&path).map_err(|_| missing())?;
        let wanted = crust_transpile::Options {
            syntax: crust_transpile::Syntax::Tsx,
            file_name: path.clone(),
            ..crust_transpile::Options::default()
        };
        let module = crust_transpile::transpile(source, &wanted)?;
        let names = module.local_exports.iter().map(|export| &export.exported);
        imports.extend(names.map(|name| InjectImport::Named {
            imported: name.clone(),
            alias: None,
            from: path.clone(),
        }));
    }
    Ok(imports)
}

/// Two files of one name would overwrite each other. `entries` may be some of them.
pub(crate) fn no_duplicates(artifacts: &[Artifact], entries: &[Entry]) -> Result<(), Failure> {
    let mut seen: BTreeMap<&str, &Artifact> = BTreeMap::new();
    for artifact in artifacts {
        if let Some(other) = seen.insert(&artifact.path, artifact)
            && other.bytes != artifact.bytes
        {
            return Err(duplicate(&artifact.path, entries).into());
        }
    }
    Ok(())
}

fn duplicate(path: &str, entries: &[Entry]) -> Diagnostic {
    let message = format!("Multiple files share the same output path: {path}");
    let is_it =
        |entry: &&Entry| [&entry.template, &entry.css, &entry.html].contains(&&path.to_owned());
    let sources = entries.iter().filter(is_it);
    let sources: Vec<String> = sources
        .map(|entry| format!("\"{}\"", Identity::of(&entry.id).path))
        .collect();
    let hint = "use [dir] or [hash] in the names of entry points";
    let hint = if sources.is_empty() {
        hint.to_owned()
    } else {
        format!("it is the output of {}; {hint}", sources.join(" and of "))
    };
    Diagnostic::error(message).hint(hint)
}
