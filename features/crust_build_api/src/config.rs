//! `Bun.build`'s options, which JS has checked for their types and sends as JSON.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use crust_bundler::{BuildOptions, Env, Jsx, Loader, Minify, Naming, Target, UnknownWord};
use crust_core::OpError;
use serde::Deserialize;

/// As JS sends it.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an option of that name"
)]
pub(crate) struct Config {
    directory: String,
    entrypoints: Vec<String>,
    root: Option<String>,
    pub(crate) outdir: Option<String>,
    target: Option<String>,
    format: Option<String>,
    naming: NamingConfig,
    splitting: bool,
    minify: MinifyConfig,
    sourcemap: Option<String>,
    external: Vec<String>,
    packages: Option<String>,
    define: BTreeMap<String, String>,
    drop: Vec<String>,
    env: Option<String>,
    variables: BTreeMap<String, String>,
    loader: BTreeMap<String, String>,
    conditions: Vec<String>,
    public_path: String,
    banner: String,
    footer: String,
    jsx: JsxConfig,
    tsconfig: Option<String>,
    production: bool,
    features: Vec<String>,
    ignore_dce_annotations: bool,
    alias: BTreeMap<String, String>,
    inject: Vec<String>,
    dts: bool,
    metafile: bool,
    /// The metafile is a file of the output too.
    pub(crate) metafile_path: Option<String>,
    /// So is the same for people.
    pub(crate) metafile_text_path: Option<String>,
    /// A single executable is made.
    pub(crate) compile: Option<CompileConfig>,
    /// Filters of `onResolve` and `onLoad`.
    pub(crate) resolve: Vec<FilterConfig>,
    pub(crate) load: Vec<FilterConfig>,
}

/// What is said of a single executable.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct CompileConfig {
    target: Option<String>,
    /// Its path; that of the entry point without extension, if not said.
    pub(crate) outfile: Option<String>,
    pub(crate) exec_argv: Vec<String>,
    /// The crust binary to use in place of this one.
    pub(crate) executable_path: Option<String>,
}

impl CompileConfig {
    fn check(&self, config: &Config) -> Result<(), OpError> {
        let wrong =
            |message: String| Err(OpError::type_error(message).code("ERR_INVALID_ARG_VALUE"));
        let other = |target: &&String| *target != "bun" && !crust_payload::is_this_system(target);
        if let Some(target) = self.target.as_ref().filter(other)
            && self.executable_path.is_none()
        {
            return wrong(format!(
                "compile: \"{target}\" is another system than this binary is for; name a crust binary for it with executablePath"
            ));
        }
        if config.entrypoints.len() > 1 {
            return wrong("compile takes one entry point".to_owned());
        }
        if config.format.as_deref() == Some("iife") {
            return wrong("compile needs the format esm or cjs".to_owned());
        }
        if config
            .target
            .as_deref()
            .is_some_and(|target| target != "bun")
        {
            return wrong("compile needs the target bun".to_owned());
        }
        Ok(())
    }
}

/// A callback's filter.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct FilterConfig {
    pub(crate) source: String,
    pub(crate) flags: String,
    pub(crate) namespace: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct NamingConfig {
    entry: Option<String>,
    chunk: Option<String>,
    asset: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an option of that name"
)]
struct MinifyConfig {
    whitespace: bool,
    syntax: bool,
    identifiers: bool,
    keep_names: bool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct JsxConfig {
    runtime: Option<String>,
    import_source: Option<String>,
    factory: Option<String>,
    fragment: Option<String>,
    development: Option<bool>,
    side_effects: bool,
}

impl Config {
    pub(crate) fn parse(text: &str) -> Result<Self, OpError> {
        serde_json::from_str(text).map_err(|error| OpError::type_error(error.to_string()))
    }

    /// Where relative paths of the options start.
    pub(crate) fn folder(&self) -> PathBuf {
        PathBuf::from(&self.directory)
    }

    /// The options as the bundler takes them.
    pub(crate) fn options(
        &self,
        files: BTreeMap<PathBuf, Vec<u8>>,
    ) -> Result<BuildOptions, OpError> {
        if let Some(compile) = &self.compile {
            compile.check(self)?;
        }
        let folder = self.folder();
        let below = |path: &String| folder.join(path);
        let naming = Naming::default();
        let loaders = self
            .loader
            .iter()
            .map(|(extension, name)| Ok((extension.clone(), word::<Loader>("loader", name)?)))
            .collect::<Result<_, OpError>>()?;
        Ok(BuildOptions {
            entrypoints: self.entrypoints.clone(),
            output_folder: self.outdir.as_ref().map(below),
            root: self.root.as_ref().map(below),
            target: if self.compile.is_some() {
                Target::Bun
            } else {
                optional("target", self.target.as_ref())?
            },
            format: optional("format", self.format.as_ref())?,
            naming: Naming {
                entry: self.naming.entry.clone().unwrap_or(naming.entry),
                chunk: self.naming.chunk.clone().unwrap_or(naming.chunk),
                asset: self.naming.asset.clone().unwrap_or(naming.asset),
            },
            splitting: self.splitting,
            minify: Minify {
                whitespace: self.minify.whitespace,
                syntax: self.minify.syntax,
                identifiers: self.minify.identifiers,
                keep_names: self.minify.keep_names,
            },
            sourcemap: optional("sourcemap", self.sourcemap.as_ref())?,
            external: self.external.clone(),
            packages: optional("packages", self.packages.as_ref())?,
            define: self.define.clone().into_iter().collect(),
            drop: self.drop.clone(),
            env: optional::<Env>("env", self.env.as_ref())?,
            variables: self.variables.clone(),
            loaders,
            conditions: self.conditions.clone(),
            // Assets are files beside the program, wherever a chunk that mentions them is.
            public_path: if self.compile.is_some() {
                crust_payload::ROOT.to_owned()
            } else {
                self.public_path.clone()
            },
            banner: self.banner.clone(),
            footer: self.footer.clone(),
            jsx: Jsx {
                runtime: self
                    .jsx
                    .runtime
                    .as_ref()
                    .map(|name| word("jsx.runtime", name))
                    .transpose()?,
                import_source: self.jsx.import_source.clone(),
                factory: self.jsx.factory.clone(),
                fragment: self.jsx.fragment.clone(),
                development: self.jsx.development,
                side_effects: self.jsx.side_effects,
            },
            tsconfig: self.tsconfig.as_ref().map(below),
            production: self.production,
            features: self.features.clone(),
            ignore_annotations: self.ignore_dce_annotations,
            alias: self.alias.clone().into_iter().collect(),
            inject: self.inject.clone(),
            legal_comments: true,
            declarations: self.dts,
            metafile: self.metafile,
            files: files
                .into_iter()
                .map(|(path, bytes)| (absolute(&folder, &path), bytes))
                .collect(),
            directory: folder,
            ..BuildOptions::default()
        })
    }
}

/// The path of a virtual file without `.` and `..`.
fn absolute(folder: &Path, path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in folder.join(path).components() {
        match part {
            std::path::Component::CurDir => {}
            std::path::Component::ParentDir => drop(out.pop()),
            part => out.push(part),
        }
    }
    out
}

fn optional<T: FromStr<Err = UnknownWord> + Default>(
    option: &str,
    text: Option<&String>,
) -> Result<T, OpError> {
    text.map_or_else(|| Ok(T::default()), |text| word(option, text))
}

fn word<T: FromStr<Err = UnknownWord>>(option: &str, text: &str) -> Result<T, OpError> {
    text.parse().map_err(|error: UnknownWord| {
        OpError::type_error(format!("{option}: {error}")).code("ERR_INVALID_ARG_VALUE")
    })
}
