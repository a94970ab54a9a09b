//! The shape of one row of the option table. It holds no rows and parses nothing.

use super::build_options::BuildOption;
use super::test_options::TestOption;

/// What an option means to the commands. Several spellings may share one meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OptionId {
    /// `--silent`
    Silent,
    /// `--version`
    Version,
    /// `--revision`
    Revision,
    /// `--verbose`
    Verbose,
    /// `--help`
    Help,
    /// `--eval`
    Eval,
    /// `--print`
    Print,
    /// `--check` of the `node` name
    CheckSyntax,
    /// `--preload`, `--require`, `--import`
    Preload,
    /// `--watch`
    Watch,
    /// `--watch-kill-signal`
    WatchKillSignal,
    /// `--no-clear-screen`
    NoClearScreen,
    /// The supervisor's private pipe for reports of loaded files
    LoadedFilesDescriptor,
    /// `--no-macros`
    NoMacros,
    /// `--smol`
    Smol,
    /// `--if-present`
    IfPresent,
    /// `--bun`
    ForceRuntime,
    /// `--package` of `crust x`
    Package,
    /// `--shell`
    Shell,
    /// `--conditions`
    Conditions,
    /// `--preserve-symlinks`
    PreserveSymlinks,
    /// `--preserve-symlinks-main`
    PreserveSymlinksMain,
    /// `--define`
    Define,
    /// `--env-file`
    EnvFile,
    /// `--env-file-if-exists` of the `node` name
    EnvFileIfExists,
    /// `--no-env-file`
    NoEnvFile,
    /// `--cwd`
    WorkingDirectory,
    /// `--expose-gc`
    ExposeGc,
    /// `--title`
    Title,
    /// `--stack-trace-limit`
    StackTraceLimit,
    /// `--unhandled-rejections`
    UnhandledRejections,
    /// `--feature`
    Feature,
    /// `--json`
    Json,
    /// `--hex`
    Hex,
    /// `--registry`
    Registry,
    /// `--manifest`
    UpgradeManifest,
    /// `--rollback`
    Rollback,
    /// `--unfreeze`
    Unfreeze,
    /// `--downgrade`
    Downgrade,
    /// An option of `crust test`
    Test(TestOption),
    /// An option of `crust build`
    Build(BuildOption),
    /// An option of `crust proc`, by its key in ecosystem files
    Proc(&'static str),
    /// An option of `crust install` and its family, by its name without dashes
    Install(&'static str),
    /// Read by the program's own modules from `process.execArgv`
    Runtime,
    /// Accepted because its meaning already holds
    AlreadyTrue,
    /// Refused: its feature is not in this version
    Unavailable,
}

/// Whether an option is followed by a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Takes {
    /// `--flag`
    Nothing,
    /// `--flag value` or `--flag=value`; the text names the value in the help
    Value(&'static str),
    /// `--flag` or `--flag=value`
    OptionalValue(&'static str),
}

/// Which command lines know an option; a bit set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Scope(u32);

impl Scope {
    /// `crust FILE`, `crust run`
    pub(crate) const RUN: Self = Self(1);
    /// The `node` name
    pub(crate) const NODE: Self = Self(2);
    /// `crust x`, `bunx`
    pub(crate) const EXECUTE: Self = Self(4);
    /// `crust test` alone
    pub(crate) const TEST: Self = Self(64);
    /// A line of `crust test`: its own options and those of running a program
    pub(crate) const TEST_LINE: Self = Self(64 | 1);
    /// Everything that installs: `crust ci` and the options that its relatives share
    pub(crate) const INSTALL: Self = Self(256);
    /// What `crust add` and `crust install PACKAGE` know besides
    pub(crate) const ADDING: Self = Self(1024);
    /// A line of `crust install` or `crust add`
    pub(crate) const ADD_LINE: Self = Self(256 | 1024);
    /// What `crust update` knows besides
    pub(crate) const UPDATING: Self = Self(2048);
    /// A line of `crust update`
    pub(crate) const UPDATE_LINE: Self = Self(256 | 2048);
    /// `crust build`
    pub(crate) const BUILD: Self = Self(1 << 25);
    /// `crust proc`, `crust-pm`
    pub(crate) const PROC: Self = Self(512);
    /// `crust list`, `crust pm ls`
    pub(crate) const LIST: Self = Self(1 << 12);
    /// `crust why`
    pub(crate) const WHY: Self = Self(1 << 13);
    /// `crust outdated`
    pub(crate) const OUTDATED: Self = Self(1 << 14);
    /// `crust info`
    pub(crate) const INFO: Self = Self(1 << 15);
    /// `crust pm` and its words without a scope of their own
    pub(crate) const PM: Self = Self(1 << 16);
    /// `crust pack`
    pub(crate) const PACK: Self = Self(1 << 17);
    /// What `crust publish` knows besides
    pub(crate) const PUBLISHING: Self = Self(1 << 18);
    /// A line of `crust publish`
    pub(crate) const PUBLISH_LINE: Self = Self(1 << 17 | 1 << 18);
    /// `crust audit`
    pub(crate) const AUDIT: Self = Self(1 << 19);
    /// What `crust dedupe` knows besides
    pub(crate) const DEDUPING: Self = Self(1 << 20);
    /// A line of `crust dedupe`
    pub(crate) const DEDUPE_LINE: Self = Self(256 | 1 << 20);
    /// `crust prune`
    pub(crate) const PRUNE: Self = Self(1 << 21);
    /// What `crust link` and `crust unlink` know besides
    pub(crate) const LINKING: Self = Self(1 << 22);
    /// A line of them
    pub(crate) const LINK_LINE: Self = Self(256 | 1 << 22);
    /// What `crust patch` knows besides
    pub(crate) const PATCHING: Self = Self(1 << 23);
    /// A line of `crust patch`
    pub(crate) const PATCH_LINE: Self = Self(256 | 1 << 23);
    /// `crust init`
    pub(crate) const INIT: Self = Self(1 << 24);
    /// Package commands that do not install
    pub(crate) const ASKING: Self = Self(0b11_1111_1111 << 12 | 1 << 24);
    /// Runtime options that `crust` and `node` share
    pub(crate) const RUN_AND_NODE: Self = Self(1 | 2);
    /// Options that `crust run` and `crust x` share
    pub(crate) const RUN_AND_EXECUTE: Self = Self(1 | 4);
    /// `crust upgrade`
    pub(crate) const UPGRADE: Self = Self(32);
    /// `crust config`
    pub(crate) const CONFIG: Self = Self(128);
    /// Every command line
    pub(crate) const EVERY: Self = Self(1 | 2 | 4);
    /// Every command line, with those of commands that run nothing
    pub(crate) const ALL: Self = Self(u32::MAX);

    /// Both.
    pub(crate) const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(crate) const fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

/// Whether an option is offered to people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// In the help and the completions
    Offered,
    /// Understood, not listed
    Quiet,
}

/// The help's section of an option.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Heading {
    /// Which tests to run, and how
    Testing,
    /// What to run, and how
    Running,
    /// Bundling and compiling
    Building,
    /// Installing packages
    Installing,
    /// Keeping applications running
    Processes,
    /// Files and modules
    Modules,
    /// Environment variables and the working directory
    Environment,
    /// The engine and warnings
    Runtime,
    /// The project header
    Configuration,
    /// Information about the program itself
    Information,
}

impl Heading {
    /// The sections in the order of the help.
    pub(crate) const ALL: [Self; 10] = [
        Self::Testing,
        Self::Running,
        Self::Building,
        Self::Installing,
        Self::Processes,
        Self::Modules,
        Self::Environment,
        Self::Runtime,
        Self::Configuration,
        Self::Information,
    ];

    pub(crate) const fn title(self) -> &'static str {
        match self {
            Self::Testing => "Testing",
            Self::Running => "Running",
            Self::Building => "Building",
            Self::Installing => "Installing",
            Self::Processes => "Processes",
            Self::Modules => "Modules",
            Self::Environment => "Environment",
            Self::Runtime => "Runtime",
            Self::Configuration => "Configuration",
            Self::Information => "Information",
        }
    }
}

/// One option: everything the parser, the help and the completions know about it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OptionSpec {
    pub(crate) id: OptionId,
    /// The long name with its dashes, such as `--watch`; empty when there is only a short one.
    pub(crate) long: &'static str,
    /// Further spellings, each with its dashes. Two letters behind one dash (`-pe`) match as a whole.
    pub(crate) aliases: &'static [&'static str],
    pub(crate) short: Option<char>,
    pub(crate) takes: Takes,
    pub(crate) scope: Scope,
    pub(crate) standing: Standing,
    pub(crate) heading: Heading,
    pub(crate) help: &'static str,
}

impl OptionSpec {
    /// An offered option of `crust FILE` and `crust run` without a value.
    pub(crate) const fn new(
        id: OptionId,
        long: &'static str,
        heading: Heading,
        help: &'static str,
    ) -> Self {
        Self {
            id,
            long,
            aliases: &[],
            short: None,
            takes: Takes::Nothing,
            scope: Scope::RUN,
            standing: Standing::Offered,
            heading,
            help,
        }
    }

    /// An option that is understood and not listed.
    pub(crate) const fn quiet(id: OptionId, long: &'static str) -> Self {
        let mut spec = Self::new(id, long, Heading::Runtime, "");
        spec.standing = Standing::Quiet;
        spec
    }

    pub(crate) const fn short(mut self, letter: char) -> Self {
        self.short = Some(letter);
        self
    }

    pub(crate) const fn aliases(mut self, aliases: &'static [&'static str]) -> Self {
        self.aliases = aliases;
        self
    }

    pub(crate) const fn value(mut self, name: &'static str) -> Self {
        self.takes = Takes::Value(name);
        self
    }

    pub(crate) const fn optional_value(mut self, name: &'static str) -> Self {
        self.takes = Takes::OptionalValue(name);
        self
    }

    pub(crate) const fn scope(mut self, scope: Scope) -> Self {
        self.scope = scope;
        self
    }

    /// Whether `name`, with its dashes, is a spelling of this option. Underscores equal dashes inside
    /// a long name, as in Node.
    pub(crate) fn is_named(&self, name: &str) -> bool {
        same_name(self.long, name) || self.aliases.iter().any(|alias| same_name(alias, name))
    }
}

fn same_name(known: &str, given: &str) -> bool {
    known.len() == given.len()
        && !known.is_empty()
        && known
            .bytes()
            .zip(given.bytes())
            .all(|(known, given)| known == given || (known == b'-' && given == b'_'))
}
