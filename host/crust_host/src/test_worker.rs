//! A worker of `crust test`: no program, but the builtin module that runs test files.

use crate::options::Entry;
use crust_core::{Exception, Runtime, Scope, Value};
use std::ffi::{OsStr, OsString};
use std::path::Path;

/// Starts it; the answer is the promise of its end.
pub(crate) fn start<'s>(scope: Scope<'s>, settings: &str) -> Result<Value<'s>, Exception<'s>> {
    let module = Runtime::current()
        .builtin(scope, crust_test_api::WORKER)
        .map_err(|thrown| Exception::new(thrown.to_js(scope)))?;
    module.get("start")?.call(&[scope.string(settings)])
}

/// Only where tests run are these packages ours.
pub(crate) fn replaced_packages(entry: &Entry) -> Vec<String> {
    let names = match entry {
        Entry::TestWorker(_) => crust_test_api::REPLACED_PACKAGES,
        _ => &[],
    };
    names.iter().map(|name| (*name).to_owned()).collect()
}

/// What is instrumented, where the run counts coverage: in its workers and in the programs that its tests
/// start.
pub(crate) fn covers(entry: &Entry) -> Option<fn(&Path) -> bool> {
    let counts = match entry {
        Entry::TestWorker(settings) => settings.ends_with(",coverage"),
        _ => coverage_folder().is_some(),
    };
    counts.then_some(crust_testplan::coverage::is_covered)
}

/// Where a program that a test started leaves its counts.
pub(crate) fn coverage_folder() -> Option<OsString> {
    std::env::var_os(crust_test_api::COVERAGE_VARIABLE).filter(|folder| !folder.is_empty())
}

/// Counts in such a program.
pub(crate) fn count_for<'s>(
    scope: Scope<'s>,
    folder: &OsStr,
) -> Result<Option<Value<'s>>, Exception<'s>> {
    let module = Runtime::current()
        .builtin(scope, crust_test_api::COVERAGE)
        .map_err(|thrown| Exception::new(thrown.to_js(scope)))?;
    let folder = scope.string(&folder.to_string_lossy());
    module.get("countFor")?.call(&[folder])?;
    Ok(None)
}
