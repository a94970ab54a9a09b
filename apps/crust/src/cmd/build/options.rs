//! From a parsed command line to what `crust_bundler` is told. Never builds anything.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use crust_bundler::{
    BuildOptions, Env, Format, Jsx, Loader, Minify, Naming, Packages, Sourcemap, Target,
    UnknownWord,
};

use super::compile;
use super::{Destination, Plan, Report};
use crate::args::{BuildOption, OptionId, Options, Parsed};
use crate::cmd::ConfigError;
use crate::env_files;
use crate::error::CliError;
use crate::program;
use crate::session::Session;
use crate::snapshot;

/// Reads the options of a line.
struct Line<'a> {
    options: &'a Options,
}

impl Line<'_> {
    fn has(&self, id: BuildOption) -> bool {
        self.options.has(OptionId::Build(id))
    }

    fn text(&self, id: BuildOption) -> Option<&str> {
        self.options.value(OptionId::Build(id))
    }

    fn owned(&self, id: BuildOption) -> Option<String> {
        self.text(id).map(ToOwned::to_owned)
    }

    fn list(&self, id: BuildOption) -> Vec<String> {
        self.options
            .values(OptionId::Build(id))
            .map(ToOwned::to_owned)
            .collect()
    }

    fn word<T: FromStr<Err = UnknownWord>>(
        &self,
        id: BuildOption,
        option: &'static str,
    ) -> Result<Option<T>, CliError> {
        self.text(id)
            .map(|text| text.parse::<T>().map_err(|error| wrong(option, &error)))
            .transpose()
    }

    /// `FROM:TO`, repeated.
    fn pairs(
        &self,
        id: BuildOption,
        option: &'static str,
    ) -> Result<Vec<(String, String)>, CliError> {
        let pair = |text: String| match text.split_once([':', '=']) {
            Some((from, to)) if !from.is_empty() => Ok((from.to_owned(), to.to_owned())),
            _ => Err(CliError::OptionValue {
                option,
                reason: format!("\"{text}\" lacks a value"),
            }),
        };
        self.list(id).into_iter().map(pair).collect()
    }
}

fn wrong(option: &'static str, error: &UnknownWord) -> CliError {
    CliError::OptionValue {
        option,
        reason: error.to_string(),
    }
}

/// What a line asks for.
pub(super) fn plan(
    session: &Session,
    parsed: &Parsed,
    entries: Vec<String>,
    directory: &Path,
) -> Result<Plan, CliError> {
    if entries.is_empty() {
        return Err(CliError::NothingToBuild);
    }
    let line = Line {
        options: &parsed.options,
    };
    let inlines = is_page_by_itself(&line, &entries);
    let compiles = line.has(BuildOption::Compile) && !inlines;
    refuse_what_means_nothing(&line, compiles)?;
    let destination = destination(&line, &entries, directory)?;
    let variables = variables(session, &parsed.options)?;
    let mut options = BuildOptions {
        target: target(&line, compiles)?,
        format: line
            .word::<Format>(BuildOption::Format, "--format")?
            .unwrap_or_default(),
        sourcemap: line
            .word::<Sourcemap>(BuildOption::Sourcemap, "--sourcemap")?
            .unwrap_or_default(),
        packages: line
            .word::<Packages>(BuildOption::Packages, "--packages")?
            .unwrap_or_default(),
        env: line
            .word::<Env>(BuildOption::Env, "--env")?
            .unwrap_or_default(),
        root: line
            .text(BuildOption::Root)
            .map(|root| directory.join(root)),
        naming: naming(&line),
        splitting: line.has(BuildOption::Splitting),
        minify: minify(&line),
        external: line.list(BuildOption::External),
        define: program::defines(&parsed.options)?,
        drop: line.list(BuildOption::Drop),
        production: line.has(BuildOption::Production)
            || variables
                .get("NODE_ENV")
                .is_some_and(|mode| mode == "production"),
        loaders: loaders(&line)?,
        conditions: parsed
            .options
            .values(OptionId::Conditions)
            .map(ToOwned::to_owned)
            .collect(),
        public_path: line.owned(BuildOption::PublicPath).unwrap_or_default(),
        banner: line.owned(BuildOption::Banner).unwrap_or_default(),
        footer: line.owned(BuildOption::Footer).unwrap_or_default(),
        jsx: jsx(&line)?,
        tsconfig: line
            .text(BuildOption::Tsconfig)
            .map(|path| directory.join(path)),
        features: features(&parsed.options)?,
        ignore_annotations: line.has(BuildOption::IgnoreAnnotations),
        reject_opaque: rejects_opaque(&line),
        alias: line.pairs(BuildOption::Alias, "--alias")?,
        inject: line.list(BuildOption::Inject),
        legal_comments: legal_comments(&line)?,
        syntax: line
            .text(BuildOption::Syntax)
            .map(|targets| targets.split(',').map(ToOwned::to_owned).collect())
            .unwrap_or_default(),
        global_name: line.owned(BuildOption::GlobalName),
        metafile: wants_metafile(&line),
        declarations: line.has(BuildOption::Declarations),
        no_bundle: line.has(BuildOption::NoBundle),
        inline_assets: inlines,
        variables,
        entrypoints: entries,
        directory: directory.to_owned(),
        output_folder: destination.folder(),
        outfile: destination.file_name(),
        ..BuildOptions::default()
    };
    let compile = compiles
        .then(|| compile::prepare(&line_of(parsed), &mut options))
        .transpose()?;
    let reports = reports(&line, directory);
    Ok(Plan {
        options,
        destination,
        reports,
        compile,
    })
}

/// Whether an import of what has no name yet is an error. In Bun's patterns it is the empty text.
fn rejects_opaque(line: &Line<'_>) -> bool {
    let patterns = line.list(BuildOption::AllowUnresolved);
    let allows = |pattern: &String| matches!(pattern.as_str(), "" | "<empty>" | "*" | "**");
    let limits = !patterns.is_empty() && !patterns.iter().any(allows);
    line.has(BuildOption::RejectUnresolved) || limits
}

/// Whether something is written about the build.
fn wants_metafile(line: &Line<'_>) -> bool {
    let reports = [
        BuildOption::Metafile,
        BuildOption::MetafileText,
        BuildOption::Analyze,
    ];
    reports.into_iter().any(|option| line.has(option))
}

/// What is written about the build, and where.
fn reports(line: &Line<'_>, directory: &Path) -> Vec<(PathBuf, Report)> {
    let known = [
        (BuildOption::Metafile, "meta.json", Report::Metafile),
        (BuildOption::MetafileText, "meta.md", Report::Markdown),
        (BuildOption::Analyze, "analyze.html", Report::Page),
    ];
    let asked = known.into_iter().filter(|(option, ..)| line.has(*option));
    asked
        .map(|(option, default, report)| {
            let name = line.text(option).filter(|name| !name.is_empty());
            (directory.join(name.unwrap_or(default)), report)
        })
        .collect()
}

/// Options that would change nothing are mistakes.
fn refuse_what_means_nothing(line: &Line<'_>, compiles: bool) -> Result<(), CliError> {
    let only_compiled = [
        (BuildOption::Asset, "--asset"),
        (BuildOption::Executable, "--compile-executable-path"),
        (BuildOption::ExecArgv, "--compile-exec-argv"),
    ];
    let only_bundled = [
        (BuildOption::Minify, "--minify"),
        (BuildOption::MinifyWhitespace, "--minify-whitespace"),
        (BuildOption::MinifySyntax, "--minify-syntax"),
        (BuildOption::MinifyIdentifiers, "--minify-identifiers"),
        (BuildOption::Sourcemap, "--sourcemap"),
        (BuildOption::Splitting, "--splitting"),
        (BuildOption::Metafile, "--metafile"),
        (BuildOption::MetafileText, "--metafile-md"),
        (BuildOption::Analyze, "--analyze"),
        (BuildOption::Banner, "--banner"),
        (BuildOption::Footer, "--footer"),
        (BuildOption::Inject, "--inject"),
        (BuildOption::Alias, "--alias"),
    ];
    let no_bundle = line.has(BuildOption::NoBundle);
    let has = |(id, _): &&(BuildOption, &'static str)| line.has(*id);
    let alone = only_compiled.iter().find(has).filter(|_| !compiles);
    let bundled = only_bundled.iter().find(has).filter(|_| no_bundle);
    let refused = |option, reason: &str| CliError::OptionValue {
        option,
        reason: reason.to_owned(),
    };
    if let Some((_, option)) = alone {
        return Err(refused(option, "means nothing without --compile"));
    }
    if line.has(BuildOption::Declarations) && line.has(BuildOption::Compile) {
        return Err(refused("--dts", "does not go with --compile"));
    }
    if let Some((_, option)) = bundled {
        return Err(refused(option, "does not go with --no-bundle"));
    }
    let format = line.text(BuildOption::Format);
    if no_bundle && format.is_some_and(|format| format != "esm") {
        return Err(refused("--format", "only esm goes with --no-bundle"));
    }
    if line.has(BuildOption::EmitAnnotations) && minify(line).whitespace {
        let reason = "@__PURE__ where whitespace is left out is not part of this version of Crust";
        return Err(refused("--emit-dce-annotations", reason));
    }
    if line.has(BuildOption::GlobalName) && format != Some("iife") {
        return Err(refused("--global-name", "needs --format iife"));
    }
    Ok(())
}

fn line_of(parsed: &Parsed) -> compile::Asked {
    let line = Line {
        options: &parsed.options,
    };
    compile::Asked {
        assets: line.list(BuildOption::Asset),
        executable: line.text(BuildOption::Executable).map(PathBuf::from),
        exec_argv: line.owned(BuildOption::ExecArgv),
    }
}

/// Bun compiles for other systems by names such as `bun-linux-x64`; this binary is for one.
fn target(line: &Line<'_>, compiles: bool) -> Result<Target, CliError> {
    let Some(name) = line.text(BuildOption::Target) else {
        return Ok(if compiles {
            Target::Bun
        } else {
            Target::Browser
        });
    };
    if compiles && name.starts_with("bun-") {
        if crust_payload::is_this_system(name) {
            return Ok(Target::Bun);
        }
        return Err(CliError::OptionValue {
            option: "--target",
            reason: format!(
                "\"{name}\" is another system than this binary is for; name a crust binary for it with --compile-executable-path and --target=bun"
            ),
        });
    }
    if compiles && name != "bun" {
        return Err(CliError::OptionValue {
            option: "--target",
            reason: format!("\"{name}\" cannot be compiled into an executable, only bun can"),
        });
    }
    Ok(line
        .word::<Target>(BuildOption::Target, "--target")?
        .unwrap_or_default())
}

/// `--compile --target=browser page.html`: a page that holds everything itself, and no executable.
fn is_page_by_itself(line: &Line<'_>, entries: &[String]) -> bool {
    let is_page = |entry: &String| {
        let extension = Path::new(entry).extension();
        extension.is_some_and(|extension| extension == "html" || extension == "htm")
    };
    line.has(BuildOption::Compile)
        && line.text(BuildOption::Target) == Some("browser")
        && entries.iter().all(is_page)
}

fn destination(
    line: &Line<'_>,
    entries: &[String],
    directory: &Path,
) -> Result<Destination, CliError> {
    let outfile = line.text(BuildOption::Outfile);
    let outdir = line.text(BuildOption::Outdir);
    if is_page_by_itself(line, entries) && outdir.is_none() && outfile.is_none() {
        return Ok(Destination::Folder(directory.join("dist")));
    }
    if line.has(BuildOption::Compile) && !is_page_by_itself(line, entries) {
        let named = outfile.map_or_else(
            || {
                let entry = entries.first().map_or("app", String::as_str);
                let stem = Path::new(entry).file_stem().unwrap_or_default();
                PathBuf::from(stem)
            },
            PathBuf::from,
        );
        let folder = outdir.map_or_else(|| directory.to_owned(), |folder| directory.join(folder));
        return Ok(Destination::Executable(folder.join(named)));
    }
    match (outdir, outfile) {
        (Some(_), Some(_)) => Err(CliError::OptionValue {
            option: "--outfile",
            reason: "cannot be used together with --outdir".to_owned(),
        }),
        (Some(folder), None) => Ok(Destination::Folder(directory.join(folder))),
        (None, Some(file)) if entries.len() == 1 => Ok(Destination::File(directory.join(file))),
        (None, Some(_)) => Err(CliError::OptionValue {
            option: "--outfile",
            reason: "needs a single entry point; use --outdir for several".to_owned(),
        }),
        (None, None) => Ok(Destination::Stdout),
    }
}

fn naming(line: &Line<'_>) -> Naming {
    let default = Naming::default();
    let or = |id, default: String| line.owned(id).unwrap_or(default);
    Naming {
        entry: or(BuildOption::EntryNaming, default.entry),
        chunk: or(BuildOption::ChunkNaming, default.chunk),
        asset: or(BuildOption::AssetNaming, default.asset),
    }
}

fn minify(line: &Line<'_>) -> Minify {
    let all = line.has(BuildOption::Minify) || line.has(BuildOption::Production);
    Minify {
        whitespace: all || line.has(BuildOption::MinifyWhitespace),
        syntax: all || line.has(BuildOption::MinifySyntax),
        identifiers: all || line.has(BuildOption::MinifyIdentifiers),
        keep_names: line.has(BuildOption::KeepNames),
    }
}

fn loaders(line: &Line<'_>) -> Result<BTreeMap<String, Loader>, CliError> {
    let pairs = line.pairs(BuildOption::Loader, "--loader")?;
    let mut loaders = BTreeMap::new();
    for (extension, name) in pairs {
        let loader = name.parse().map_err(|error| wrong("--loader", &error))?;
        let dotted = if extension.starts_with('.') {
            extension
        } else {
            format!(".{extension}")
        };
        loaders.insert(dotted, loader);
    }
    Ok(loaders)
}

fn jsx(line: &Line<'_>) -> Result<Jsx, CliError> {
    Ok(Jsx {
        runtime: line.word(BuildOption::JsxRuntime, "--jsx-runtime")?,
        import_source: line.owned(BuildOption::JsxImportSource),
        factory: line.owned(BuildOption::JsxFactory),
        fragment: line.owned(BuildOption::JsxFragment),
        development: None,
        side_effects: line.has(BuildOption::JsxSideEffects),
    })
}

fn legal_comments(line: &Line<'_>) -> Result<bool, CliError> {
    match line.text(BuildOption::LegalComments) {
        None | Some("inline") => Ok(true),
        Some("none") => Ok(false),
        Some(other) => Err(CliError::OptionValue {
            option: "--legal-comments",
            reason: format!("\"{other}\" is none of none, inline"),
        }),
    }
}

/// The flags of the line; without one, those of the project header.
fn features(options: &Options) -> Result<Vec<String>, CliError> {
    let given: Vec<String> = options
        .values(OptionId::Feature)
        .map(ToOwned::to_owned)
        .collect();
    if !given.is_empty() {
        return Ok(given);
    }
    let config = snapshot::take()?;
    let enabled = config.enabled().map_err(|problem| {
        let text = problem.to_owned();
        ConfigError::NamesOfProgram(text)
    })?;
    Ok(enabled)
}

/// The variables of this process, and of `.env` files those that it does not have.
fn variables(session: &Session, options: &Options) -> Result<BTreeMap<String, String>, CliError> {
    let mut all = BTreeMap::new();
    let files = env_files::for_program(session, options)?;
    for (name, value) in files.into_iter().chain(std::env::vars_os()) {
        // What is not UTF-8 cannot be written in JavaScript.
        if let (Ok(name), Ok(value)) = (name.into_string(), value.into_string()) {
            all.insert(name, value);
        }
    }
    Ok(all)
}
