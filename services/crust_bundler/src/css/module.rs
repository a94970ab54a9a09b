//! CSS modules: their names get a spelling of their own, and a JavaScript module says which is which.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use crust_diag::Diagnostic;
use lightningcss::css_modules::{Config, CssModuleExport, CssModuleReference, Pattern};
use lightningcss::error::ErrorLocation;
use lightningcss::printer::PrinterOptions;
use lightningcss::stylesheet::{ParserOptions, StyleSheet};
use rolldown_sourcemap::SourceMap;

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
    Ok(Module {
        code: script(&printed.exports.unwrap_or_default().into_iter().collect()),
        styles: printed.code,
        map,
    })
}

/// The JavaScript module.
fn script(exports: &BTreeMap<String, CssModuleExport>) -> String {
    let mut imports: Vec<String> = Vec::new();
    let mut members = String::new();
    // Writing to a string does not fail.
    for (name, export) in exports {
        let mut parts: Vec<String> = Vec::new();
        for composed in &export.composes {
            parts.push(match composed {
                CssModuleReference::Local { name } | CssModuleReference::Global { name } => {
                    quoted(name)
                }
                CssModuleReference::Dependency { name, specifier } => {
                    let index = imports.iter().position(|known| known == specifier);
                    let index = index.unwrap_or_else(|| {
                        imports.push(specifier.clone());
                        imports.len() - 1
                    });
                    format!("module{index}[{}]", quoted(name))
                }
            });
        }
        parts.push(quoted(&export.name));
        let _ = writeln!(
            members,
            "  {}: {},",
            quoted(name),
            parts.join(" + \" \" + ")
        );
    }
    let mut code = String::new();
    for (index, specifier) in imports.iter().enumerate() {
        let _ = writeln!(code, "import module{index} from {};", quoted(specifier));
    }
    let _ = writeln!(code, "export default {{\n{members}}};");
    code
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
