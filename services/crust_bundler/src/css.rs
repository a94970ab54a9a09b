//! Style sheets: those that a program or a page uses become one, with what they import; their files come
//! along. Parsing, bundling and lowering are lightningcss's.

mod asset;
mod composes;
mod edits;
mod hooks;
mod map;
mod module;
mod places;
mod problem;
mod provider;

use std::collections::HashSet;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::PoisonError;

use crust_diag::Diagnostic;
use lightningcss::bundler::Bundler;
use lightningcss::dependencies::{Dependency, DependencyOptions};
use lightningcss::error::ErrorLocation;
use lightningcss::printer::PrinterOptions;
use lightningcss::stylesheet::{MinifyOptions, ParserOptions};
use lightningcss::targets::{Browsers, Targets};
use rolldown_sourcemap::SourceMap;

pub(crate) use asset::{Asset, asset_name, is_local};
pub(crate) use composes::check as check_composed;
pub(crate) use map::finish;
pub(crate) use module::{Module, is_module, module};

use crate::options::{BuildOptions, Sourcemap};
use crate::plugin::Shared;
use asset::{in_quotes, place_assets};
use edits::Edits;
use map::{Anchor, anchors};
use problem::problem;
use provider::{ALL, Provider};

/// A style sheet that holds everything.
pub(crate) struct Bundled {
    pub(crate) code: String,
    pub(crate) assets: Vec<Asset>,
    /// Where its parts were written, if source maps are wanted.
    pub(crate) map: Option<SourceMap>,
}

/// Whether anybody wants to know where styles were written.
fn wants_map(options: &BuildOptions) -> bool {
    options.sourcemap != Sourcemap::None
}

/// The browsers that Bun lowers to.
fn targets() -> Targets {
    let version = |major: u32| Some(major << 16);
    Targets::from(Browsers {
        chrome: version(80),
        edge: version(80),
        firefox: version(78),
        safari: version(14),
        opera: version(67),
        ..Browsers::default()
    })
}

/// Joins the style sheets at these absolute paths, in their order.
pub(crate) fn bundle(
    shared: &Shared,
    files: &[String],
    output: &str,
) -> Result<Bundled, Vec<Diagnostic>> {
    let all = files.iter().fold(String::new(), |mut all, file| {
        // Writing to a string does not fail.
        let _ = writeln!(all, "@import \"{}\";", in_quotes(file));
        all
    });
    let provider = Provider::new(shared, all);
    let joined = join(&provider);
    let mut problems = provider
        .problems
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .split_off(0);
    match joined {
        Ok(joined) if problems.is_empty() => complete(&provider, joined, output),
        Ok(_) => Err(problems),
        Err(problem) => {
            problems.push(*problem);
            Err(problems)
        }
    }
}

/// Puts what stays an import first, and files where there are marks for them.
fn complete(
    provider: &Provider<'_>,
    joined: Joined,
    output: &str,
) -> Result<Bundled, Vec<Diagnostic>> {
    let shared = provider.shared;
    let mut edits = Edits::default();
    edits.replace(0, 0, provider.outside());
    let assets = place_assets(
        shared,
        &joined.code,
        joined.dependencies,
        output,
        &mut edits,
    )?;
    let mut code = edits.apply(&joined.code);
    if !code.ends_with('\n') {
        code.push('\n');
    }
    let mut anchors = joined.anchors;
    edits.shift(anchors.iter_mut().map(|anchor| &mut anchor.at));
    let map = wants_map(&shared.options).then(|| {
        let sources = joined.sources.iter();
        let sources: Vec<_> = sources.map(|source| provider.source(source)).collect();
        map::build(&code, &anchors, &sources)
    });
    Ok(Bundled { code, assets, map })
}

/// What lightningcss made.
struct Joined {
    code: String,
    dependencies: Vec<Dependency>,
    /// The style sheets, by their numbers in `anchors`.
    sources: Vec<String>,
    anchors: Vec<Anchor>,
}

fn join(provider: &Provider<'_>) -> Result<Joined, Box<Diagnostic>> {
    let options = &provider.shared.options;
    let failed = |message: String, place: Option<ErrorLocation>| {
        let sources = |path: &str| provider.shared.source(path);
        Box::new(problem(&message, place, &sources))
    };
    let mut bundler = Bundler::new(provider, None, ParserOptions::default());
    let mut sheet = bundler
        .bundle(Path::new(ALL))
        .map_err(|error| failed(error.kind.to_string(), error.loc))?;
    // Maps of sources are ours to read: lightningcss trusts them.
    let urls = std::mem::take(&mut sheet.source_map_urls);
    sheet
        .minify(MinifyOptions {
            targets: targets(),
            unused_symbols: HashSet::default(),
        })
        .map_err(|error| failed(error.kind.to_string(), error.loc))?;
    let mut places = wants_map(options).then(|| parcel_sourcemap::SourceMap::new("/"));
    let printed = sheet
        .to_css(PrinterOptions {
            minify: options.minify.whitespace,
            source_map: places.as_mut(),
            targets: targets(),
            analyze_dependencies: Some(DependencyOptions {
                remove_imports: false,
            }),
            ..PrinterOptions::default()
        })
        .map_err(|error| failed(error.kind.to_string(), error.loc))?;
    let sources = sheet.sources;
    let anchors = places.map_or_else(Vec::new, |places| {
        provider.note_maps(&sources, &urls);
        let texts: Vec<&str> = sources.iter().map(|source| provider.text(source)).collect();
        anchors(&printed.code, &places, &texts)
    });
    Ok(Joined {
        code: printed.code,
        dependencies: printed.dependencies.unwrap_or_default(),
        sources,
        anchors,
    })
}

/// The style sheets that a module uses, in the order in which they come into force: what a module imports
/// comes before itself.
pub(crate) fn order(shared: &Shared, entry: &str) -> Vec<String> {
    let modules = shared.in_order(entry).into_iter();
    modules
        .filter(|id| shared.is_css(id))
        .map(|id| crate::plugin::Identity::of(&id).path.to_owned())
        .collect()
}
