//! `bunfig.toml`: the keys that matter when a program runs. `[install]` and `[test]` are handed on
//! as they are.

use std::path::{Path, PathBuf};

use crust_diag::Diagnostic;

use crate::fields::{Fields, Report};
use crate::json::Step;
use crate::source::{Source, read_config};
use crate::toml;
use crate::value::{Object, Value};

/// A `bunfig.toml`. A key of the wrong type is left out and listed in `warnings`; unknown keys are
/// accepted, because other commands own them.
#[derive(Debug, Clone, Default)]
pub struct BunConfig {
    /// The file.
    pub path: PathBuf,
    /// `preload`: specifiers, relative to the file.
    pub preload: Vec<String>,
    /// `smol`.
    pub smol: Option<bool>,
    /// `logLevel`.
    pub log_level: Option<String>,
    /// `telemetry`.
    pub telemetry: Option<bool>,
    /// `env = false` or `[env] file = false`: whether `.env` files are read.
    pub env_files: Option<bool>,
    /// `[define]`: names and their replacement, which is a JSON text or a name.
    pub define: Vec<(String, String)>,
    /// `[loader]`: extensions with their dot and loader names.
    pub loader: Vec<(String, String)>,
    /// `jsx`.
    pub jsx: Option<String>,
    /// `jsxFactory`.
    pub jsx_factory: Option<String>,
    /// `jsxFragment`.
    pub jsx_fragment: Option<String>,
    /// `jsxImportSource`.
    pub jsx_import_source: Option<String>,
    /// `[console] depth`.
    pub console_depth: Option<u32>,
    /// `[serve] port`.
    pub serve_port: Option<u16>,
    /// `[run] shell`: `bun` or `system`.
    pub run_shell: Option<String>,
    /// `[run] bun`: whether `node` in a script means this runtime.
    pub run_bun: Option<bool>,
    /// `[run] silent`.
    pub run_silent: Option<bool>,
    /// `[run] elide-lines`.
    pub run_elide_lines: Option<u32>,
    /// `[run] noOrphans`.
    pub run_no_orphans: Option<bool>,
    /// Everything, for the keys of other commands.
    pub object: Object,
    /// Keys that are not what they should be.
    pub warnings: Vec<Diagnostic>,
}

impl BunConfig {
    /// Reads the `bunfig.toml` of `dir`; `None` where there is none.
    pub fn find(dir: &Path) -> Option<Result<Self, Vec<Diagnostic>>> {
        let path = dir.join("bunfig.toml");
        path.is_file().then(|| Self::read(&path))
    }

    /// Reads and parses the file at `path`.
    pub fn read(path: &Path) -> Result<Self, Vec<Diagnostic>> {
        Self::parse(&read_config(path)?, path)
    }

    /// Parses `text`, the content of `path`.
    pub fn parse(text: &str, path: &Path) -> Result<Self, Vec<Diagnostic>> {
        let file = path.display().to_string();
        let source = Source { text, file: &file };
        let parsed = toml::parse(text).map_err(|mistakes| {
            let problem = |mistake: crate::json::Mistake| source.error(mistake.message, mistake.at);
            mistakes.into_iter().map(problem).collect::<Vec<_>>()
        })?;
        let Value::Object(object) = parsed else {
            return Ok(Self::default());
        };
        let locate = |path: &[Step]| toml::locate(text, path);
        let report = Report::new(source, &locate);
        let mut config = Self::from_fields(&Fields::new(&object, &report));
        config.warnings = report.finish();
        path.clone_into(&mut config.path);
        config.object = object;
        Ok(config)
    }

    fn from_fields(fields: &Fields<'_, '_>) -> Self {
        let mut config = Self {
            preload: fields.string_or_strings("preload").unwrap_or_default(),
            smol: fields.boolean("smol"),
            log_level: fields.string("logLevel"),
            telemetry: fields.boolean("telemetry"),
            env_files: env_files(fields),
            define: fields.string_map("define"),
            loader: fields.string_map("loader"),
            jsx: fields.string("jsx"),
            jsx_factory: fields.string("jsxFactory"),
            jsx_fragment: fields.string("jsxFragment"),
            jsx_import_source: fields.string("jsxImportSource"),
            ..Self::default()
        };
        if let Some(console) = fields.object("console") {
            config.console_depth = whole(&console, "depth");
        }
        if let Some(serve) = fields.object("serve") {
            config.serve_port = whole(&serve, "port");
        }
        if let Some(run) = fields.object("run") {
            config.run_shell = run.string("shell");
            config.run_bun = run.boolean("bun");
            config.run_silent = run.boolean("silent");
            config.run_elide_lines = whole(&run, "elide-lines");
            config.run_no_orphans = run.boolean("noOrphans");
        }
        config
    }
}

fn env_files(fields: &Fields<'_, '_>) -> Option<bool> {
    match fields.get("env")? {
        Value::Object(_) => fields.object("env")?.boolean("file"),
        _ => fields.boolean("env"),
    }
}

/// A whole number that fits.
fn whole<N: TryFrom<u32>>(fields: &Fields<'_, '_>, key: &str) -> Option<N> {
    let number = fields.number(key)?;
    let fits = number.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(&number);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the number is whole and within u32"
    )]
    let found = fits.then(|| N::try_from(number as u32).ok()).flatten();
    if found.is_none() {
        fields.wrong(key, "a whole number in range");
    }
    found
}
