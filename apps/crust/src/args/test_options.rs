//! The options of `crust test`, as data. They stand before the table of `crust run` when a line of
//! `crust test` is read, and nothing else names their spelling.

use super::option::{Heading, OptionId, OptionSpec, Scope};

/// What an option of `crust test` means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TestOption {
    /// `--test-worker`, the parent's private option
    Worker,
    /// `--test-name-pattern`
    NamePattern,
    /// `--timeout`
    Timeout,
    /// `--bail`
    Bail,
    /// `--retry`
    Retry,
    /// `--rerun-each`
    RerunEach,
    /// `--only`
    Only,
    /// `--todo`
    Todo,
    /// `--concurrent`
    Concurrent,
    /// `--max-concurrency`
    MaxConcurrency,
    /// `--randomize`
    Randomize,
    /// `--seed`
    Seed,
    /// `--shard`
    Shard,
    /// `--parallel`
    Parallel,
    /// `--isolate`
    Isolate,
    /// `--no-isolate`
    NoIsolate,
    /// `--changed`
    Changed,
    /// `--pass-with-no-tests`
    PassWithNoTests,
    /// `--only-failures`
    OnlyFailures,
    /// `--update-snapshots`
    UpdateSnapshots,
    /// `--ci`
    Ci,
    /// `--coverage`
    Coverage,
    /// `--coverage-reporter`
    CoverageReporter,
    /// `--coverage-dir`
    CoverageDir,
    /// `--reporter`
    Reporter,
    /// `--reporter-outfile`
    ReporterOutfile,
    /// `--dots`
    Dots,
    /// `--path-ignore-patterns`
    PathIgnorePatterns,
    /// `--timings`
    Timings,
    /// `--update-timings`
    UpdateTimings,
}

const fn test(id: TestOption, long: &'static str, help: &'static str) -> OptionSpec {
    OptionSpec::new(OptionId::Test(id), long, Heading::Testing, help).scope(Scope::TEST)
}

const fn unavailable(long: &'static str) -> OptionSpec {
    OptionSpec::quiet(OptionId::Unavailable, long).scope(Scope::TEST)
}

/// The options, in the order of the help.
#[rustfmt::skip] // One line per option.
pub(super) static TEST_OPTIONS: &[OptionSpec] = &[
    test(TestOption::NamePattern, "--test-name-pattern", "Run only tests whose full name matches a regular expression").short('t').aliases(&["--testNamePattern"]).value("PATTERN"),
    test(TestOption::Timeout, "--timeout", "Milliseconds a test may take (default: 5000; 0: as long as it likes)").value("MS"),
    test(TestOption::Bail, "--bail", "Stop after so many failures (default: 1)").optional_value("COUNT"),
    test(TestOption::Retry, "--retry", "Try a failing test again, up to so many times").value("COUNT"),
    test(TestOption::RerunEach, "--rerun-each", "Run each file so many times").value("COUNT"),
    test(TestOption::Only, "--only", "Run only what is marked with .only, in every file"),
    test(TestOption::Todo, "--todo", "Run tests marked with .todo too; one that passes fails the run"),
    test(TestOption::Concurrent, "--concurrent", "Overlap the tests of a file unless they are marked with .serial"),
    test(TestOption::MaxConcurrency, "--max-concurrency", "How many tests of a file overlap (default: 20)").value("COUNT"),
    test(TestOption::Randomize, "--randomize", "Run files and tests in a random order"),
    test(TestOption::Seed, "--seed", "Repeat the random order of an earlier run").value("NUMBER"),
    test(TestOption::Shard, "--shard", "Run one share of the files, as in 2/5").value("INDEX/COUNT"),
    test(TestOption::Timings, "--timings", "Durations of an earlier run: shards of equal length, the slowest files first with --parallel (repeatable)").value("FILE"),
    test(TestOption::UpdateTimings, "--update-timings", "Write the durations of this run to the first --timings file"),
    test(TestOption::Parallel, "--parallel", "Run files in several processes (default: one per core)").optional_value("COUNT"),
    test(TestOption::NoIsolate, "--no-isolate", "Let the files of a process share modules and globals"),
    test(TestOption::Isolate, "--isolate", "Give each file a process of its own"),
    test(TestOption::Changed, "--changed", "Run only tests that reach a file changed since a commit (default: the last)").optional_value("COMMIT"),
    test(TestOption::PassWithNoTests, "--pass-with-no-tests", "Succeed when no test was found").aliases(&["--passWithNoTests"]),
    test(TestOption::OnlyFailures, "--only-failures", "Print failing tests alone"),
    test(TestOption::UpdateSnapshots, "--update-snapshots", "Replace snapshots that do not match and remove obsolete ones").short('u').aliases(&["--updateSnapshot"]),
    test(TestOption::Ci, "--ci", "Fail on snapshots that are not there instead of writing them (default where CI is set)"),
    test(TestOption::Coverage, "--coverage", "Count which statements, branches, functions and lines ran"),
    test(TestOption::CoverageReporter, "--coverage-reporter", "text, lcov, json or html (repeatable; default: text)").value("NAME"),
    test(TestOption::CoverageDir, "--coverage-dir", "Where coverage files go (default: coverage)").value("DIRECTORY"),
    test(TestOption::Reporter, "--reporter", "default, verbose, dots, junit, tap, json, events, github, or a module: ./my-reporter.ts (repeatable)").value("NAME"),
    test(TestOption::ReporterOutfile, "--reporter-outfile", "Where the junit, tap or json report goes").value("FILE"),
    test(TestOption::Dots, "--dots", "The same as --reporter=dots"),
    test(TestOption::PathIgnorePatterns, "--path-ignore-patterns", "Leave out files that match a glob (repeatable)").value("GLOB"),
    OptionSpec::quiet(OptionId::Test(TestOption::Worker), "--test-worker").value("DESCRIPTORS").scope(Scope::TEST),
    unavailable("--parallel-delay").value("MS"),
];
