//! What the command line, `bunfig.toml` and the environment say about a run. Never runs anything.

use std::cell::RefCell;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher as _;
use std::path::{Path, PathBuf};

use crust_manifest::{BunConfig, Value};
use crust_testplan::Shard;
use serde_json::json;

use super::coverage::{Coverage, Thresholds};
use super::foreign::is_module;
use super::timings::Durations;
use crate::args::{OptionId, Options, Parsed, TestOption};
use crate::error::CliError;
use crate::message;

/// A run's settings.
#[derive(Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a flag of the command line"
)]
pub(super) struct Settings {
    /// The folder that is searched.
    pub(super) root: PathBuf,
    directory: PathBuf,
    pub(super) ignore: Vec<String>,
    pub(super) preload: Vec<String>,
    pub(super) name_pattern: Option<String>,
    /// Milliseconds; 0 for as long as a test likes.
    pub(super) timeout: f64,
    pub(super) bail: u64,
    pub(super) retry: u32,
    pub(super) rerun_each: u32,
    pub(super) only: bool,
    pub(super) todo: bool,
    pub(super) concurrent: bool,
    pub(super) max_concurrency: u32,
    pub(super) seed: Option<u32>,
    pub(super) shard: Option<Shard>,
    pub(super) durations: Option<RefCell<Durations>>,
    pub(super) processes: usize,
    pub(super) isolation: Isolation,
    pub(super) changed: Option<String>,
    pub(super) pass_with_no_tests: bool,
    pub(super) only_failures: bool,
    pub(super) update_snapshots: bool,
    pub(super) ci: bool,
    pub(super) reporters: Vec<String>,
    pub(super) outfile: Option<PathBuf>,
    pub(super) coverage: Option<Coverage>,
}

/// What the files of a run share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Isolation {
    /// A process each.
    Process,
    /// A process, but neither modules nor changes to globals.
    Registry,
    /// Everything.
    None,
}

const DEFAULT_TIMEOUT: f64 = 5000.0;
const DEFAULT_CONCURRENCY: u32 = 20;
/// More processes than this only fight for the machine.
const MOST_PROCESSES: usize = 64;
/// Reruns beyond this are a mistake in a script.
const MOST_RERUNS: u32 = 100_000;

/// The `[test]` table of `bunfig.toml`.
struct Table(Option<Value>);

impl Table {
    fn get(&self, key: &str) -> Option<&Value> {
        let object = self.0.as_ref()?.as_object()?;
        object.get(key)
    }

    fn flag(&self, key: &str) -> bool {
        matches!(self.get(key), Some(Value::Bool(true)))
    }

    fn number(&self, key: &str) -> Option<f64> {
        match self.get(key) {
            Some(Value::Number(number)) => Some(*number),
            _ => None,
        }
    }

    fn strings(&self, key: &str) -> Vec<String> {
        match self.get(key) {
            Some(Value::String(text)) => vec![text.clone()],
            Some(Value::Array(items)) => items
                .iter()
                .filter_map(|item| item.as_str().map(ToOwned::to_owned))
                .collect(),
            _ => Vec::new(),
        }
    }
}

fn table(directory: &Path) -> Result<(Table, Vec<String>), CliError> {
    match BunConfig::find(directory) {
        None => Ok((Table(None), Vec::new())),
        Some(Err(problems)) => Err(CliError::Manifest(problems)),
        Some(Ok(config)) => {
            config.warnings.iter().for_each(message::diagnostic);
            let table = config.object.get("test").cloned();
            Ok((Table(table), config.preload))
        }
    }
}

fn whole<T: TryFrom<u64>>(
    options: &Options,
    id: TestOption,
    name: &'static str,
) -> Result<Option<T>, CliError> {
    let Some(text) = options.value(OptionId::Test(id)) else {
        return Ok(None);
    };
    let number = text
        .parse::<u64>()
        .ok()
        .and_then(|number| T::try_from(number).ok());
    number.map(Some).ok_or_else(|| CliError::OptionValue {
        option: name,
        reason: format!("\"{text}\" is not a number of this kind"),
    })
}

impl Settings {
    pub(super) fn new(parsed: &Parsed, directory: &Path) -> Result<Self, CliError> {
        let options = &parsed.options;
        let has = |id| options.has(OptionId::Test(id));
        let (table, preload) = table(directory)?;
        let root = table
            .strings("root")
            .first()
            .map_or_else(|| directory.to_owned(), |root| directory.join(root));
        let mut settings = Self {
            root,
            directory: directory.to_owned(),
            ignore: listed(
                options,
                TestOption::PathIgnorePatterns,
                &table,
                "pathIgnorePatterns",
            ),
            preload,
            name_pattern: options
                .value(OptionId::Test(TestOption::NamePattern))
                .map(ToOwned::to_owned),
            timeout: timeout(options)?
                .or_else(|| table.number("timeout"))
                .unwrap_or(DEFAULT_TIMEOUT),
            bail: bail(options)?,
            retry: whole(options, TestOption::Retry, "--retry")?
                .or_else(|| small(table.number("retry")))
                .unwrap_or(0),
            rerun_each: whole(options, TestOption::RerunEach, "--rerun-each")?
                .or_else(|| small(table.number("rerunEach")))
                .unwrap_or(1)
                .clamp(1, MOST_RERUNS),
            only: has(TestOption::Only),
            todo: has(TestOption::Todo),
            concurrent: has(TestOption::Concurrent),
            max_concurrency: whole(options, TestOption::MaxConcurrency, "--max-concurrency")?
                .unwrap_or(DEFAULT_CONCURRENCY)
                .max(1),
            seed: seed(options, &table)?,
            durations: Durations::read(options, shard(options)?, directory)?.map(RefCell::new),
            shard: shard(options)?,
            processes: processes(options)?,
            isolation: isolation(options),
            changed: changed(options),
            pass_with_no_tests: has(TestOption::PassWithNoTests),
            only_failures: has(TestOption::OnlyFailures) || table.flag("onlyFailures"),
            update_snapshots: has(TestOption::UpdateSnapshots),
            ci: has(TestOption::Ci) || in_ci(),
            reporters: reporters(options),
            outfile: options
                .value(OptionId::Test(TestOption::ReporterOutfile))
                .map(|file| directory.join(file)),
            coverage: coverage(options, &table, directory)?,
        };
        settings.preload.extend(table.strings("preload"));
        settings
            .preload
            .extend(options.values(OptionId::Preload).map(ToOwned::to_owned));
        settings.check()?;
        Ok(settings)
    }

    fn check(&self) -> Result<(), CliError> {
        let known = [
            "default", "verbose", "dots", "junit", "tap", "json", "events", "github",
        ];
        for name in &self.reporters {
            if !known.contains(&name.as_str()) && !is_module(name) {
                return Err(CliError::OptionValue {
                    option: "--reporter",
                    reason: format!(
                        "\"{name}\" is none of {}, nor a path such as ./my-reporter.ts",
                        known.join(", ")
                    ),
                });
            }
        }
        if self.reporters.iter().any(|name| name == "junit") && self.outfile.is_none() {
            return Err(CliError::OptionValue {
                option: "--reporter",
                reason: "junit needs --reporter-outfile=FILE".to_owned(),
            });
        }
        Ok(())
    }

    /// Whether the version is printed first: not where the report is for programs alone.
    pub(super) fn announces(&self) -> bool {
        self.reporters.is_empty()
            || self
                .reporters
                .iter()
                .any(|name| !["tap", "json", "events"].contains(&name.as_str()) && !is_module(name))
    }

    /// The settings as a worker reads them. One that runs a single file has nothing to put back behind it.
    pub(super) fn for_worker(&self, colours: bool, files: usize) -> String {
        json!({
            "root": self.root,
            "directory": self.directory,
            "lines": self.reporters.iter().any(|name| is_module(name) || ["junit", "json", "events"].contains(&name.as_str())),
            "preload": self.preload,
            "namePattern": self.name_pattern,
            "timeout": self.timeout,
            "retry": self.retry,
            "only": self.only,
            "todo": self.todo,
            "concurrent": self.concurrent,
            "maxConcurrency": self.max_concurrency,
            "seed": self.seed,
            "bail": self.bail,
            "isolate": self.isolation != Isolation::None && files > 1,
            "updateSnapshots": self.update_snapshots,
            "ci": self.ci,
            "colours": colours,
        })
        .to_string()
    }
}

fn listed(options: &Options, id: TestOption, table: &Table, key: &str) -> Vec<String> {
    let given: Vec<String> = options
        .values(OptionId::Test(id))
        .map(ToOwned::to_owned)
        .collect();
    if given.is_empty() {
        table.strings(key)
    } else {
        given
    }
}

fn timeout(options: &Options) -> Result<Option<f64>, CliError> {
    let milliseconds: Option<u32> = whole(options, TestOption::Timeout, "--timeout")?;
    Ok(milliseconds.map(f64::from))
}

/// A whole number of `bunfig.toml`.
fn small(number: Option<f64>) -> Option<u32> {
    let number = number.filter(|number| (0.0..=f64::from(MOST_RERUNS)).contains(number))?;
    format!("{number:.0}").parse().ok()
}

fn bail(options: &Options) -> Result<u64, CliError> {
    match options.value(OptionId::Test(TestOption::Bail)) {
        None => Ok(0),
        Some("") => Ok(1),
        Some(_) => Ok(whole(options, TestOption::Bail, "--bail")?.unwrap_or(1)),
    }
}

fn seed(options: &Options, table: &Table) -> Result<Option<u32>, CliError> {
    let seed = whole(options, TestOption::Seed, "--seed")?.or_else(|| small(table.number("seed")));
    let random = options.has(OptionId::Test(TestOption::Randomize)) || table.flag("randomize");
    Ok(match seed {
        Some(seed) => Some(seed),
        None if random => u32::try_from(RandomState::new().hash_one(0_u8) & 0x7fff_ffff).ok(),
        None => None,
    })
}

fn shard(options: &Options) -> Result<Option<Shard>, CliError> {
    let Some(text) = options.value(OptionId::Test(TestOption::Shard)) else {
        return Ok(None);
    };
    Shard::parse(text)
        .map(Some)
        .ok_or_else(|| CliError::OptionValue {
            option: "--shard",
            reason: format!("\"{text}\" is not like 2/5, with an index from 1 to the count"),
        })
}

fn processes(options: &Options) -> Result<usize, CliError> {
    let cores = || std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let count = match options.value(OptionId::Test(TestOption::Parallel)) {
        None => 1,
        Some("") => cores(),
        Some(_) => whole(options, TestOption::Parallel, "--parallel")?.unwrap_or_else(cores),
    };
    Ok(count.clamp(1, MOST_PROCESSES))
}

fn isolation(options: &Options) -> Isolation {
    if options.has(OptionId::Test(TestOption::Isolate)) {
        Isolation::Process
    } else if options.has(OptionId::Test(TestOption::NoIsolate)) {
        Isolation::None
    } else {
        Isolation::Registry
    }
}

fn changed(options: &Options) -> Option<String> {
    let commit = options.value(OptionId::Test(TestOption::Changed))?;
    Some(if commit.is_empty() { "HEAD" } else { commit }.to_owned())
}

fn reporters(options: &Options) -> Vec<String> {
    let mut names: Vec<String> = options
        .values(OptionId::Test(TestOption::Reporter))
        .map(ToOwned::to_owned)
        .collect();
    if options.has(OptionId::Test(TestOption::Dots)) {
        names.push("dots".to_owned());
    }
    names
}

/// As CI systems say it.
fn in_ci() -> bool {
    std::env::var_os("CI")
        .is_some_and(|value| !value.is_empty() && value != "0" && value != "false")
}

fn coverage(
    options: &Options,
    table: &Table,
    directory: &Path,
) -> Result<Option<Coverage>, CliError> {
    if !options.has(OptionId::Test(TestOption::Coverage)) && !table.flag("coverage") {
        return Ok(None);
    }
    let mut reporters: Vec<String> = options
        .values(OptionId::Test(TestOption::CoverageReporter))
        .flat_map(|names| names.split(','))
        .map(ToOwned::to_owned)
        .collect();
    if reporters.is_empty() {
        reporters = table.strings("coverageReporter");
    }
    if reporters.is_empty() {
        reporters.push("text".to_owned());
    }
    if let Some(unknown) = reporters
        .iter()
        .find(|name| !Coverage::REPORTERS.contains(&name.as_str()))
    {
        return Err(CliError::OptionValue {
            option: "--coverage-reporter",
            reason: format!(
                "\"{unknown}\" is none of {}",
                Coverage::REPORTERS.join(", ")
            ),
        });
    }
    let given = options
        .value(OptionId::Test(TestOption::CoverageDir))
        .map(ToOwned::to_owned);
    let folder = given.or_else(|| table.strings("coverageDir").into_iter().next());
    Ok(Some(Coverage {
        reporters,
        folder: directory.join(folder.as_deref().unwrap_or("coverage")),
        ignore: table.strings("coveragePathIgnorePatterns"),
        thresholds: thresholds(table),
    }))
}

/// `coverageThreshold`: shares from 0 to 1, one for all or one for each kind.
fn thresholds(table: &Table) -> Thresholds {
    let share = |value: Option<&Value>| match value {
        Some(Value::Number(number)) => Some(*number * 100.0),
        _ => None,
    };
    let whole = table.get("coverageThreshold");
    let of = |key: &str| match whole {
        Some(Value::Object(object)) => share(object.get(key)),
        value => share(value),
    };
    Thresholds {
        statements: of("statements"),
        branches: of("branches").filter(|_| matches!(whole, Some(Value::Object(_)))),
        functions: of("functions"),
        lines: of("lines"),
    }
}
