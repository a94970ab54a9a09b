//! Failures to load or link, as data with their place, and as the JS errors that programs catch.

use super::macros::MacroFile;
use crate::op_error::OpError;
use crate::runtime::Runtime;
use crust_diag::{Diagnostic, Style, render_all};
use crust_resolve::ResolveError;
use jsc::{Scope, Value};
use std::io::IsTerminal;
use std::path::{Path, PathBuf};

/// Why a module could not be loaded or linked.
#[derive(Debug, Clone)]
pub enum LoadError {
    /// The source has errors; all of them.
    Source(Vec<Diagnostic>),
    /// A specifier leads nowhere.
    NotFound {
        /// What the resolver found out.
        error: Box<ResolveError>,
        /// The file that asks.
        referrer: PathBuf,
        /// Where in that file, when known.
        place: Option<Box<Diagnostic>>,
    },
    /// The file could not be read.
    Io {
        /// The file.
        path: PathBuf,
        /// The system's answer.
        error: OpError,
    },
    /// Names do not match (`import { missing }`), or the request makes no sense.
    Link(Box<Diagnostic>),
    /// A plugin threw; what, the modules keep.
    Thrown,
    /// A plugin's answer about this specifier or module is a promise, which the modules keep.
    Waits(String),
    /// Macros have to be called before these files can be read.
    Macros(Vec<MacroFile>),
}

/// Macros may be asynchronous.
const MACROS_WAIT: &str =
    "a file that calls macros cannot be required; load it with import, which can wait for them";

/// The hidden property under which an error carries its text for people.
const RENDERED: &str = "[[crust.rendered]]";

impl LoadError {
    pub(crate) fn not_found(error: ResolveError, referrer: &Path) -> Self {
        Self::NotFound {
            error: Box::new(error),
            referrer: referrer.to_owned(),
            place: None,
        }
    }

    /// Adds where in the referrer the specifier stands.
    pub(super) fn at(self, diagnostic: impl FnOnce(&ResolveError) -> Diagnostic) -> Self {
        match self {
            Self::NotFound {
                error,
                referrer,
                place: None,
            } => {
                let place = Some(Box::new(diagnostic(&error)));
                Self::NotFound {
                    error,
                    referrer,
                    place,
                }
            }
            other => other,
        }
    }

    /// The text for people, with excerpts.
    pub fn render(&self, style: Style) -> String {
        match self {
            Self::Source(diagnostics) => render_all(diagnostics, style),
            Self::Link(diagnostic) => render_all(std::slice::from_ref(diagnostic), style),
            Self::NotFound {
                place: Some(place), ..
            } => render_all(std::slice::from_ref(place), style),
            Self::NotFound {
                error, referrer, ..
            } => {
                format!(
                    "error: {}\n",
                    describe(error, Some(&referrer.to_string_lossy()))
                )
            }
            Self::Io { error, .. } => format!("error: {}\n", error.message()),
            Self::Thrown => "error: a plugin failed\n".to_owned(),
            Self::Waits(id) => format!("error: {}\n", waits(id)),
            Self::Macros(_) => format!("error: {MACROS_WAIT}\n"),
        }
    }

    /// The error that `import()` and `require()` throw.
    pub(crate) fn to_js<'s>(&self, scope: Scope<'s>) -> Value<'s> {
        if let Self::Thrown = self
            && let Some(thrown) = Runtime::current().modules.plugin_thrown()
        {
            return thrown.get(scope);
        }
        let error = match self {
            Self::Source(diagnostics) => source_error(diagnostics),
            Self::Link(diagnostic) => OpError::syntax_error(diagnostic.message.clone()),
            Self::NotFound {
                error, referrer, ..
            } => resolve_error(error, referrer),
            Self::Io { error, .. } => error.clone(),
            Self::Thrown => OpError::error("a plugin failed"),
            Self::Waits(id) => OpError::type_error(waits(id)).code("ERR_REQUIRE_ASYNC_MODULE"),
            Self::Macros(_) => OpError::type_error(MACROS_WAIT).code("ERR_REQUIRE_ASYNC_MODULE"),
        };
        let value = error.to_js(scope);
        let style = if std::io::stderr().is_terminal() {
            Style::Colour
        } else {
            Style::Plain
        };
        // Without the hidden text the error prints as any other does.
        let _ = value.set_hidden(RENDERED, scope.string(&self.render(style)));
        value
    }
}

/// What cannot wait for a plugin.
fn waits(id: &str) -> String {
    format!(
        "require() of \"{id}\" is not possible: a plugin's answer is a promise. Use await import() instead"
    )
}

fn describe(error: &ResolveError, referrer: Option<&str>) -> String {
    let mut text = error.headline(referrer);
    if let Some(hint) = &error.hint {
        text.push_str("\nhint: ");
        text.push_str(hint);
    }
    text
}

fn source_error(diagnostics: &[Diagnostic]) -> OpError {
    let Some(first) = diagnostics.first() else {
        return OpError::syntax_error("Invalid source");
    };
    let mut error = OpError::syntax_error(first.message.clone());
    if let Some(file) = &first.file {
        error = error
            .property("file", file.clone())
            .number_property("lineNumber", f64::from(first.line))
            .number_property("columnNumber", f64::from(first.column));
    }
    error
}

fn resolve_error(error: &ResolveError, referrer: &Path) -> OpError {
    OpError::error(error.headline(Some(&referrer.to_string_lossy())))
        .code(error.code())
        .property("specifier", error.specifier.clone())
        .property("referrer", referrer.to_string_lossy())
}

/// The text for people of an error that has one.
pub(crate) fn rendered(error: Value<'_>) -> Option<String> {
    let text = error.get(RENDERED).ok().filter(|text| text.is_string())?;
    text.to_text().ok()
}
