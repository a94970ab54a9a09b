//! The options of `crust build`, as data. They stand before the table of `crust run` when a line of
//! `crust build` is read, and nothing else names their spelling.

use super::option::{Heading, OptionId, OptionSpec, Scope};

/// What an option of `crust build` means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BuildOption {
    /// `--outdir`
    Outdir,
    /// `--outfile`
    Outfile,
    /// `--target`
    Target,
    /// `--format`
    Format,
    /// `--root`
    Root,
    /// `--splitting`
    Splitting,
    /// `--entry-naming`
    EntryNaming,
    /// `--chunk-naming`
    ChunkNaming,
    /// `--asset-naming`
    AssetNaming,
    /// `--minify`
    Minify,
    /// `--minify-whitespace`
    MinifyWhitespace,
    /// `--minify-syntax`
    MinifySyntax,
    /// `--minify-identifiers`
    MinifyIdentifiers,
    /// `--keep-names`
    KeepNames,
    /// `--sourcemap`
    Sourcemap,
    /// `--external`
    External,
    /// `--packages`
    Packages,
    /// `--drop`
    Drop,
    /// `--env`
    Env,
    /// `--loader`
    Loader,
    /// `--public-path`
    PublicPath,
    /// `--banner`
    Banner,
    /// `--footer`
    Footer,
    /// `--jsx-factory`
    JsxFactory,
    /// `--jsx-fragment`
    JsxFragment,
    /// `--jsx-import-source`
    JsxImportSource,
    /// `--jsx-runtime`
    JsxRuntime,
    /// `--jsx-side-effects`
    JsxSideEffects,
    /// `--tsconfig-override`
    Tsconfig,
    /// `--metafile`
    Metafile,
    /// `--metafile-md`
    MetafileText,
    /// `--analyze`
    Analyze,
    /// `--production`
    Production,
    /// `--dts`
    Declarations,
    /// `--no-bundle`
    NoBundle,
    /// `--watch`
    Watch,
    /// `--compile`
    Compile,
    /// `--asset`
    Asset,
    /// `--compile-executable-path`
    Executable,
    /// `--compile-exec-argv`
    ExecArgv,
    /// `--ignore-dce-annotations`
    IgnoreAnnotations,
    /// `--emit-dce-annotations`
    EmitAnnotations,
    /// `--allow-unresolved`
    AllowUnresolved,
    /// `--reject-unresolved`
    RejectUnresolved,
    /// `--alias`
    Alias,
    /// `--inject`
    Inject,
    /// `--legal-comments`
    LegalComments,
    /// `--syntax`
    Syntax,
    /// `--global-name`
    GlobalName,
}

const fn build(id: BuildOption, long: &'static str, help: &'static str) -> OptionSpec {
    OptionSpec::new(OptionId::Build(id), long, Heading::Building, help).scope(Scope::BUILD)
}

const fn shared(
    id: OptionId,
    long: &'static str,
    heading: Heading,
    help: &'static str,
) -> OptionSpec {
    OptionSpec::new(id, long, heading, help).scope(Scope::BUILD)
}

const fn unavailable(long: &'static str) -> OptionSpec {
    OptionSpec::quiet(OptionId::Unavailable, long).scope(Scope::BUILD)
}

/// The options, in the order of the help.
#[rustfmt::skip] // One line per option.
pub(super) static BUILD_OPTIONS: &[OptionSpec] = &[
    build(BuildOption::Outdir, "--outdir", "Where the files go (default: standard output, if there is one file)").value("DIRECTORY"),
    build(BuildOption::Outfile, "--outfile", "Where the one file goes").value("FILE"),
    build(BuildOption::Target, "--target", "browser, bun or node (default: browser; bun with --compile)").value("TARGET"),
    build(BuildOption::Format, "--format", "esm, cjs or iife (default: esm)").value("FORMAT"),
    build(BuildOption::Root, "--root", "Folder that [dir] of a name starts from").value("DIRECTORY"),
    build(BuildOption::Splitting, "--splitting", "Put what entry points share into files of its own"),
    build(BuildOption::EntryNaming, "--entry-naming", "Names of entry points, of [dir] [name] [hash] [ext] (default: [dir]/[name].[ext])").value("PATTERN"),
    build(BuildOption::ChunkNaming, "--chunk-naming", "Names of shared chunks (default: [name]-[hash].[ext])").value("PATTERN"),
    build(BuildOption::AssetNaming, "--asset-naming", "Names of assets (default: [name]-[hash].[ext])").value("PATTERN"),
    build(BuildOption::Minify, "--minify", "Minify whitespace, syntax and identifiers"),
    build(BuildOption::MinifyWhitespace, "--minify-whitespace", "Leave out whitespace and comments"),
    build(BuildOption::MinifySyntax, "--minify-syntax", "Write shorter code of the same meaning"),
    build(BuildOption::MinifyIdentifiers, "--minify-identifiers", "Shorten names"),
    build(BuildOption::KeepNames, "--keep-names", "Keep the name property of functions and classes"),
    build(BuildOption::Sourcemap, "--sourcemap", "none, linked, inline or external (alone: linked)").optional_value("KIND"),
    build(BuildOption::External, "--external", "Leave imports alone that match; * stands for anything (repeatable)").short('e').value("PATTERN"),
    build(BuildOption::Packages, "--packages", "bundle, or external to leave imports of packages alone").value("HOW"),
    build(BuildOption::Drop, "--drop", "Leave out calls, as console or debugger (repeatable)").value("NAME"),
    build(BuildOption::Env, "--env", "inline, a prefix as PUBLIC_*, or disable: which environment variables become constants").value("WHICH"),
    build(BuildOption::Loader, "--loader", "How files of an extension are read, as .svg:text (repeatable)").short('l').value(".EXT:LOADER"),
    build(BuildOption::PublicPath, "--public-path", "Prefix of references to files of the output").value("URL"),
    build(BuildOption::Banner, "--banner", "Text before each file").value("TEXT"),
    build(BuildOption::Footer, "--footer", "Text after each file").value("TEXT"),
    build(BuildOption::JsxFactory, "--jsx-factory", "Function of classic JSX").value("NAME"),
    build(BuildOption::JsxFragment, "--jsx-fragment", "Fragment of classic JSX").value("NAME"),
    build(BuildOption::JsxImportSource, "--jsx-import-source", "Package of automatic JSX").value("PACKAGE"),
    build(BuildOption::JsxRuntime, "--jsx-runtime", "automatic or classic").value("RUNTIME"),
    build(BuildOption::JsxSideEffects, "--jsx-side-effects", "Keep JSX expressions that nothing uses"),
    build(BuildOption::Tsconfig, "--tsconfig-override", "The tsconfig.json to use").value("FILE"),
    build(BuildOption::Metafile, "--metafile", "Write what went into each file, as JSON in esbuild's shape").value("FILE"),
    build(BuildOption::MetafileText, "--metafile-md", "Write the same as Markdown, for people (default: meta.md)").optional_value("FILE"),
    build(BuildOption::Analyze, "--analyze", "Write a page that shows what takes how much room (default: analyze.html)").optional_value("FILE"),
    build(BuildOption::Production, "--production", "Minify, with NODE_ENV and JSX of production"),
    build(BuildOption::Declarations, "--dts", "Write declarations of what entry points export (.d.ts), for sources whose exports have types"),
    build(BuildOption::NoBundle, "--no-bundle", "Transpile each entry point by itself"),
    build(BuildOption::Watch, "--watch", "Build again when a file changes"),
    build(BuildOption::Compile, "--compile", "Make one executable of the program and this binary"),
    build(BuildOption::Asset, "--asset", "A file or folder that the executable carries (repeatable)").value("PATH"),
    build(BuildOption::Executable, "--compile-executable-path", "The crust binary to put the program into (default: this one)").value("FILE"),
    build(BuildOption::ExecArgv, "--compile-exec-argv", "Options that the executable starts with").value("OPTIONS"),
    build(BuildOption::IgnoreAnnotations, "--ignore-dce-annotations", "Do not believe @__PURE__ and sideEffects"),
    build(BuildOption::EmitAnnotations, "--emit-dce-annotations", "Write @__PURE__, which is done wherever whitespace stays"),
    build(BuildOption::AllowUnresolved, "--allow-unresolved", "Allow import(name) and require(name) if this matches nothing: * or <empty> (default: *; repeatable)").value("PATTERN"),
    build(BuildOption::RejectUnresolved, "--reject-unresolved", "Refuse import(name) and require(name), which cannot be bundled"),
    build(BuildOption::Alias, "--alias", "Import another package or file instead, as react:preact/compat (repeatable)").value("FROM:TO"),
    build(BuildOption::Inject, "--inject", "Import a file's exports wherever their names are free (repeatable)").value("FILE"),
    build(BuildOption::LegalComments, "--legal-comments", "none, or inline to keep @license and @preserve (default: inline)").value("HOW"),
    build(BuildOption::Syntax, "--syntax", "Lower syntax to a version, as es2017 or chrome80,safari14").value("TARGETS"),
    build(BuildOption::GlobalName, "--global-name", "Variable that gets the exports of an iife").value("NAME"),
    shared(OptionId::Define, "--define", Heading::Modules, "Replace an expression, as in NAME:VALUE (repeatable)").short('d').value("NAME:VALUE"),
    shared(OptionId::Feature, "--feature", Heading::Modules, "Turn on feature(\"NAME\") of bun:bundle (repeatable)").value("NAME"),
    shared(OptionId::Conditions, "--conditions", Heading::Modules, "Further conditions for package.json \"exports\" (repeatable)").short('C').value("NAME"),
    shared(OptionId::EnvFile, "--env-file", Heading::Environment, "Read environment variables from a file (repeatable)").value("FILE"),
    shared(OptionId::NoEnvFile, "--no-env-file", Heading::Environment, "Do not read .env files"),
    shared(OptionId::WorkingDirectory, "--cwd", Heading::Environment, "Change to a directory first").value("DIRECTORY"),
    shared(OptionId::NoClearScreen, "--no-clear-screen", Heading::Building, "Keep the screen when --watch builds again"),
    shared(OptionId::NoMacros, "--no-macros", Heading::Building, "Refuse calls of macros"),
    OptionSpec::quiet(OptionId::AlreadyTrue, "--bundle").scope(Scope::BUILD),
    unavailable("--bytecode"),
    unavailable("--react-fast-refresh"),
    unavailable("--react-compiler"),
    unavailable("--app"),
    unavailable("--server-components"),
    unavailable("--css-chunking"),
    unavailable("--min-chunk-size").value("BYTES"),
    unavailable("--no-split-require"),
    unavailable("--no-module-preload"),
    unavailable("--check"),
    unavailable("--compile-jit-policy").value("POLICY"),
    unavailable("--compile-autoload-dotenv"),
    unavailable("--no-compile-autoload-dotenv"),
    unavailable("--compile-autoload-bunfig"),
    unavailable("--no-compile-autoload-bunfig"),
    unavailable("--compile-autoload-tsconfig"),
    unavailable("--no-compile-autoload-tsconfig"),
    unavailable("--compile-autoload-package-json"),
    unavailable("--no-compile-autoload-package-json"),
    unavailable("--windows-icon").value("FILE"),
    unavailable("--windows-title").value("TEXT"),
    unavailable("--windows-publisher").value("TEXT"),
    unavailable("--windows-version").value("TEXT"),
    unavailable("--windows-description").value("TEXT"),
    unavailable("--windows-copyright").value("TEXT"),
    unavailable("--windows-hide-console"),
];
