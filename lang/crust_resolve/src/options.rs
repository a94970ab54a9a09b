//! What a resolver can be told. Plain data; it never touches the file system.

use std::path::PathBuf;

/// The extensions that are tried on a specifier without one, in Bun's order.
pub const DEFAULT_EXTENSIONS: &[&str] = &[
    ".tsx", ".jsx", ".mts", ".ts", ".mjs", ".js", ".cts", ".cjs", ".json",
];

/// The order in which `require` tries them.
const REQUIRE_EXTENSIONS: &[&str] = &[
    ".tsx", ".ts", ".jsx", ".cts", ".cjs", ".js", ".mjs", ".mts", ".json",
];

/// Options of a [`crate::Resolver`]. The default is what `crust FILE` uses.
#[derive(Debug, Clone, Default)]
pub struct ResolveOptions {
    /// Conditions besides `bun`, `node`, `node-addons`, `import` or `require`, and `default`
    /// (`--conditions`).
    pub conditions: Vec<String>,
    /// Keeps the path of a symbolic link instead of its target (`--preserve-symlinks`).
    pub preserve_symlinks: bool,
    /// Directories searched after every `node_modules` (`NODE_PATH`). Relative ones are ignored.
    pub node_path: Vec<PathBuf>,
    /// Fields of `package.json` that name a package's entry, in order (`--main-fields`). Empty:
    /// `main`, and `module` only where `main` and `index.*` lead nowhere.
    pub main_fields: Vec<String>,
    /// One tsconfig for every file instead of the nearest one (`--tsconfig-override`). Absolute.
    pub tsconfig_override: Option<PathBuf>,
    /// Extensions to probe, with their dot (`--extension-order`). Empty: [`DEFAULT_EXTENSIONS`].
    pub extension_order: Vec<String>,
    /// Package names the runtime answers itself, even where the package is installed (Bun does so
    /// for `ws`, `undici` and a few more). Only names that are implemented belong here.
    pub replaced_packages: Vec<String>,
    /// Leaves the condition `node-addons` out (`--no-addons`).
    pub no_addons: bool,
}

/// How the referrer asks; it chooses the condition `import` or `require`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ReferrerKind {
    /// `import` statements, `import()`, `import.meta.resolve`.
    Import,
    /// `require()` and `require.resolve()`.
    Require,
}

impl ReferrerKind {
    /// The condition's name in `exports` and `imports`.
    pub fn condition(self) -> &'static str {
        match self {
            Self::Import => "import",
            Self::Require => "require",
        }
    }
}

impl ResolveOptions {
    /// The conditions that apply to `kind`, besides `default`.
    pub(crate) fn condition_names(&self, kind: ReferrerKind) -> Vec<String> {
        let mut names = vec!["bun".to_owned(), "node".to_owned()];
        if !self.no_addons {
            names.push("node-addons".to_owned());
        }
        names.push(kind.condition().to_owned());
        names.extend(self.conditions.iter().cloned());
        names
    }

    /// The extensions to probe, in order; an entry without its dot gets one.
    pub(crate) fn extensions(&self, kind: ReferrerKind) -> Vec<String> {
        let dotted = |name: &String| {
            let dot = if name.starts_with('.') { "" } else { "." };
            format!("{dot}{name}")
        };
        let given: Vec<String> = self
            .extension_order
            .iter()
            .filter(|name| !name.is_empty())
            .map(dotted)
            .collect();
        if given.is_empty() {
            let order = match kind {
                ReferrerKind::Import => DEFAULT_EXTENSIONS,
                ReferrerKind::Require => REQUIRE_EXTENSIONS,
            };
            return order.iter().map(|name| (*name).to_owned()).collect();
        }
        given
    }
}
