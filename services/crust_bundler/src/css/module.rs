//! CSS modules: their names get a spelling of their own, and a JavaScript module says which is which.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::Arc;

use crust_diag::Diagnostic;
use lightningcss::css_modules::{Config, CssModuleExport, CssModuleReference, Pattern};
use lightningcss::error::ErrorLocation;
use lightningcss::printer::PrinterOptions;
use lightningcss::stylesheet::{ParserOptions, StyleSheet};
use rolldown_sourcemap::SourceMap;

use super::composes::{Exports, Part, check_own};
use super::map::{self, Source, anchors, input_map};
use super::problem::{problem, too_deep};
use super::wants_map;
use crate::plugin::Shared;

/// Whether a style sheet's names are its own.
pub(crate) fn is_module(path: &str) -> bool {
    path.ends_with(".module.css")
}

/// A CSS module that is no longer one.
#[derive(Clone, Debug)]
pub(crate) struct Module {
    /// The style sheet, with all names spelt out.
    pub(crate) styles: String,
    /// The JavaScript module that says which is which.
    pub(crate) code: String,
    /// Where the styles were written, if source maps are wanted.
    pub(crate) map: Option<Arc<SourceMap>>,
    /// Its names, as they were written.
    pub(super) names: BTreeSet<String>,
    /// What it composes from other style sheets.
    pub(super) composed: Vec<Composed>,
}

/// A name that another style sheet has.
#[derive(Clone, Debug)]
pub(super) struct Composed {
    pub(super) specifier: String,
    pub(super) name: String,
}

/// Gives the names of a CSS module their own spelling: the style sheet, and the JavaScript module that says
/// which is which.
pub(crate) fn module(shared: &Shared, path: &str, source: &str) -> Result<Module, Vec<Diagnostic>> {
    if let Some(problem) = too_deep(path, source) {
        return Err(vec![problem]);
    }
    let sources = |_: &str| Some(source.to_owned());
    let failed =
        |message: String, place: Option<ErrorLocation>| vec![problem(&message, place, &sources)];
    let pattern = Pattern::parse("[local]_[hash]").unwrap_or_default();
    let mut sheet = StyleSheet::parse(
        source,
        ParserOptions {
            filename: path.to_owned(),
            css_modules: Some(Config {
                pattern,
                ..Config::default()
            }),
            ..ParserOptions::default()
        },
    )
    .map_err(|error| failed(error.kind.to_string(), error.loc))?;
    let root = shared.options.directory.to_string_lossy();
    // Maps of sources are ours to read: lightningcss trusts them.
    let urls = std::mem::take(&mut sheet.source_map_urls);
    let mut places = wants_map(&shared.options).then(|| parcel_sourcemap::SourceMap::new("/"));
    let printed = sheet
        .to_css(PrinterOptions {
            project_root: Some(&root),
            source_map: places.as_mut(),
            ..PrinterOptions::default()
        })
        .map_err(|error| failed(error.kind.to_string(), error.loc))?;
    let map = places.map(|places| {
        let url = urls.into_iter().next().flatten();
        let given = url.and_then(|url| input_map(shared, path, &url));
        let own = Source {
            name: path,
            text: source,
            map: given.map(Arc::new),
        };
        let anchors = anchors(&printed.code, &places, &[source]);
        Arc::new(map::build(&printed.code, &anchors, &[own]))
    });
    let exports: BTreeMap<_, _> = printed.exports.unwrap_or_default().into_iter().collect();
    let problems = check_own(path, source, &exports);
    if !problems.is_empty() {
        return Err(problems);
    }
    let code = script(&exports).ok_or_else(|| {
        let message = "The classes of the style sheet compose each other too often";
        vec![Diagnostic::error(message).file(path).code("CSS_COMPOSES")]
    })?;
    let composed = exports.values().flat_map(|export| &export.composes);
    let composed = composed.filter_map(|reference| match reference {
        CssModuleReference::Dependency { name, specifier } => Some(Composed {
            specifier: specifier.clone(),
            name: name.clone(),
        }),
        _ => None,
    });
    Ok(Module {
        composed: composed.collect(),
        names: exports.keys().cloned().collect(),
        code,
        styles: printed.code,
        map,
    })
}

/// The JavaScript module; `None` if it would be too large.
fn script(exports: &BTreeMap<String, CssModuleExport>) -> Option<String> {
    let mut known = Exports::new(exports);
    let mut imports: BTreeMap<&str, usize> = BTreeMap::new();
    let (mut code, mut members) = (String::new(), String::new());
    // Writing to a string does not fail.
    for (name, export) in exports {
        let mut parts: Vec<String> = Vec::new();
        for part in known.parts(export)? {
            parts.push(match part {
                Part::Name(name) => quoted(name),
                Part::Of { specifier, name } => {
                    let next = imports.len();
                    let index = *imports.entry(specifier).or_insert_with(|| {
                        let _ = writeln!(code, "import module{next} from {};", quoted(specifier));
                        next
                    });
                    format!("module{index}[{}]", quoted(name))
                }
            });
        }
        let parts = parts.join(" + \" \" + ");
        let _ = writeln!(members, "  {}: {parts},", quoted(name));
    }
    let _ = writeln!(code, "export default {{\n{members}}};");
    Some(code)
}

pub(super) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::BuildOptions;

    #[test]
    fn modules_say_which_name_is_which() {
        let shared = Shared::new(BuildOptions::default(), None);
        let source =
            ".a { composes: b; composes: c from \"./o.module.css\"; color: red } .b { margin: 0 }";
        let found = module(&shared, "/m.module.css", source).unwrap();
        let (css, js) = (found.styles, found.code);
        assert!(css.contains(".a_") && !css.contains("composes"), "{css}");
        assert!(
            js.starts_with("import module0 from \"./o.module.css\";\n"),
            "{js}"
        );
        assert!(js.contains("module0[\"c\"] + \" \" + \"a_"), "{js}");
        assert!(module(&shared, "/m.module.css", ".a {").is_ok());
        assert!(module(&shared, "/m.module.css", "@import ;").is_err());
    }
}
