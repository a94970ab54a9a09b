//! What a build can be told, in Bun's terms. Plain data; reads no file.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use crate::loader::Loader;
use crate::macros::MacroUse;

/// Where the output runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Target {
    /// A browser.
    #[default]
    Browser,
    /// Crust, and Bun.
    Bun,
    /// Node.
    Node,
}

/// The module format of the output.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// ECMAScript modules.
    #[default]
    Esm,
    /// CommonJS.
    Cjs,
    /// A function that is called at once.
    Iife,
}

/// Where source maps go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sourcemap {
    /// Nowhere.
    #[default]
    None,
    /// Into a file beside, which the output names.
    Linked,
    /// Into the output itself.
    Inline,
    /// Into a file beside, which the output does not name.
    External,
}

/// What happens to imports of packages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Packages {
    /// They are bundled.
    #[default]
    Bundle,
    /// They stay imports.
    External,
}

/// A word that is none of those an option takes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"{word}\" is none of {known}")]
pub struct UnknownWord {
    /// What was given.
    pub word: String,
    /// What is known.
    pub known: &'static str,
}

fn unknown(word: &str, known: &'static str) -> UnknownWord {
    UnknownWord {
        word: word.to_owned(),
        known,
    }
}

impl FromStr for Target {
    type Err = UnknownWord;

    fn from_str(word: &str) -> Result<Self, UnknownWord> {
        match word {
            "browser" => Ok(Self::Browser),
            "bun" => Ok(Self::Bun),
            "node" => Ok(Self::Node),
            _ => Err(unknown(word, "browser, bun, node")),
        }
    }
}

impl FromStr for Format {
    type Err = UnknownWord;

    fn from_str(word: &str) -> Result<Self, UnknownWord> {
        match word {
            "esm" => Ok(Self::Esm),
            "cjs" => Ok(Self::Cjs),
            "iife" => Ok(Self::Iife),
            _ => Err(unknown(word, "esm, cjs, iife")),
        }
    }
}

impl FromStr for Sourcemap {
    type Err = UnknownWord;

    fn from_str(word: &str) -> Result<Self, UnknownWord> {
        match word {
            "none" => Ok(Self::None),
            "linked" | "" => Ok(Self::Linked),
            "inline" => Ok(Self::Inline),
            "external" => Ok(Self::External),
            _ => Err(unknown(word, "none, linked, inline, external")),
        }
    }
}

impl FromStr for Packages {
    type Err = UnknownWord;

    fn from_str(word: &str) -> Result<Self, UnknownWord> {
        match word {
            "bundle" => Ok(Self::Bundle),
            "external" => Ok(Self::External),
            _ => Err(unknown(word, "bundle, external")),
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Browser => "browser",
            Self::Bun => "bun",
            Self::Node => "node",
        })
    }
}

/// What is made smaller.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an option of that name"
)]
pub struct Minify {
    /// Whitespace and comments.
    pub whitespace: bool,
    /// Code, by shorter code of the same meaning.
    pub syntax: bool,
    /// Names.
    pub identifiers: bool,
    /// Functions and classes keep their `name`.
    pub keep_names: bool,
}

impl Minify {
    /// Everything.
    pub const ALL: Self = Self {
        whitespace: true,
        syntax: true,
        identifiers: true,
        keep_names: false,
    };

    /// Whether anything is.
    pub fn any(self) -> bool {
        self.whitespace || self.syntax || self.identifiers
    }
}

/// Which environment variables become constants.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Env {
    /// None.
    #[default]
    Disable,
    /// All.
    Inline,
    /// Those whose names start so.
    Prefix(String),
}

impl FromStr for Env {
    type Err = UnknownWord;

    fn from_str(word: &str) -> Result<Self, UnknownWord> {
        match word {
            "inline" | "*" => Ok(Self::Inline),
            "disable" => Ok(Self::Disable),
            _ => match word.strip_suffix('*') {
                Some(prefix) if !prefix.is_empty() => Ok(Self::Prefix(prefix.to_owned())),
                _ => Err(unknown(
                    word,
                    "inline, disable, a prefix with *, as PUBLIC_*",
                )),
            },
        }
    }
}

/// How JSX is compiled. What is not said here, the tsconfig says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Jsx {
    /// `automatic` or `classic`.
    pub runtime: Option<JsxRuntime>,
    /// The package of the automatic runtime.
    pub import_source: Option<String>,
    /// The function of the classic runtime.
    pub factory: Option<String>,
    /// The fragment of the classic runtime.
    pub fragment: Option<String>,
    /// Whether the automatic runtime is told source positions.
    pub development: Option<bool>,
    /// Expressions that nothing uses stay.
    pub side_effects: bool,
}

/// Which functions JSX elements become calls of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JsxRuntime {
    /// `jsx` and `jsxs` of the import source.
    Automatic,
    /// The factory.
    Classic,
}

impl FromStr for JsxRuntime {
    type Err = UnknownWord;

    fn from_str(word: &str) -> Result<Self, UnknownWord> {
        match word {
            "automatic" => Ok(Self::Automatic),
            "classic" => Ok(Self::Classic),
            _ => Err(unknown(word, "automatic, classic")),
        }
    }
}

/// Names of output files, of `[dir]`, `[name]`, `[hash]`, `[ext]` and `[target]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Naming {
    /// Of entry points.
    pub entry: String,
    /// Of chunks that several share, or that are imported when needed.
    pub chunk: String,
    /// Of assets.
    pub asset: String,
}

impl Default for Naming {
    fn default() -> Self {
        Self {
            entry: "[dir]/[name].[ext]".to_owned(),
            chunk: "[name]-[hash].[ext]".to_owned(),
            asset: "[name]-[hash].[ext]".to_owned(),
        }
    }
}

/// Everything a build is told.
#[derive(Clone, Debug, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an option of that name"
)]
pub struct BuildOptions {
    /// The programs, as paths or package names.
    pub entrypoints: Vec<String>,
    /// The working directory, absolute.
    pub directory: PathBuf,
    /// Where the output goes, which source maps tell; the working directory, if not said.
    pub output_folder: Option<PathBuf>,
    /// Where `[dir]` of names starts; the folder that all entry points share, if not said.
    pub root: Option<PathBuf>,
    /// Where it runs.
    pub target: Target,
    /// Module format.
    pub format: Format,
    /// Names of files.
    pub naming: Naming,
    /// The one output file's name, in place of `naming.entry`.
    pub outfile: Option<String>,
    /// Shared code goes into files of its own, and so does what is imported when needed.
    pub splitting: bool,
    /// What is made smaller.
    pub minify: Minify,
    /// Source maps.
    pub sourcemap: Sourcemap,
    /// Patterns of imports that stay; `*` stands for anything.
    pub external: Vec<String>,
    /// Imports of packages.
    pub packages: Packages,
    /// Expressions and what replaces them.
    pub define: Vec<(String, String)>,
    /// Calls that go: `console`, `debugger`, any name.
    pub drop: Vec<String>,
    /// Environment variables that become constants, with `variables`.
    pub env: Env,
    /// The variables.
    pub variables: BTreeMap<String, String>,
    /// Loaders by extension, with its dot.
    pub loaders: BTreeMap<String, Loader>,
    /// Further conditions of `exports`.
    pub conditions: Vec<String>,
    /// Prefix of references to files of the output.
    pub public_path: String,
    /// Text before each file.
    pub banner: String,
    /// Text after each file.
    pub footer: String,
    /// JSX.
    pub jsx: Jsx,
    /// One tsconfig for every file, absolute.
    pub tsconfig: Option<PathBuf>,
    /// `NODE_ENV` is production, with everything that follows from it.
    pub production: bool,
    /// The names of which `feature("NAME")` of `bun:bundle` is true.
    pub features: Vec<String>,
    /// `@__PURE__` and `sideEffects` are not believed.
    pub ignore_annotations: bool,
    /// `import(name)` and `require(name)` are errors, whose places only the running program knows.
    pub reject_opaque: bool,
    /// Files that are not, or not so, on the disk: contents by absolute path.
    pub files: BTreeMap<PathBuf, Vec<u8>>,
    /// Imports and what is imported instead.
    pub alias: Vec<(String, String)>,
    /// Files whose exports stand for free names.
    pub inject: Vec<String>,
    /// Comments with `@license` or `@preserve`, or that start with `!`, stay.
    pub legal_comments: bool,
    /// Versions that the syntax is lowered to, as `es2017`.
    pub syntax: Vec<String>,
    /// Variable that gets the exports of an iife.
    pub global_name: Option<String>,
    /// Whether declarations are made of what entry points export.
    pub declarations: bool,
    /// Whether the metafile is made.
    pub metafile: bool,
    /// Each entry point is transpiled by itself.
    pub no_bundle: bool,
    /// Imports that nothing uses stay, also in TypeScript (`Bun.Transpiler`).
    pub keep_unused_imports: bool,
    /// Pages hold their scripts, styles and files themselves.
    pub inline_assets: bool,
    /// Who calls macros.
    pub macros: MacroUse,
}

impl BuildOptions {
    /// Whether the program is told that it is in production: a define of `NODE_ENV` says so for all of the build, so that
    /// packages give their files for it too.
    pub(crate) fn is_production(&self) -> bool {
        let mut defines = self.define.iter().rev();
        let mode = defines.find(|(name, _)| name == "process.env.NODE_ENV");
        mode.map_or(self.production, |(_, mode)| {
            matches!(
                mode.as_str(),
                "\"production\"" | "'production'" | "`production`"
            )
        })
    }

    /// Where the output goes.
    pub(crate) fn output_folder(&self) -> PathBuf {
        let folder = self.output_folder.as_ref().unwrap_or(&self.directory);
        crate::plugin::normalized(&self.directory.join(folder))
    }

    /// Whether the user has said how files of this name are read.
    pub(crate) fn loaders_name(&self, path: &str) -> bool {
        let mut names = self.loaders.keys();
        names.any(|extension| path.ends_with(extension.as_str()))
    }
}
