//! The test API of programs (`bun:test`, `vitest`, `@jest/globals`, `node:test`) and the worker that runs
//! test files. Never finds files, starts processes or prints results: `crust test` does.
//!
//! Reading order: [`channel`] (what the worker and its parent tell each other), [`snapshots`] (files).
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        reason = "tests may fail loudly"
    )
)]

mod channel;
mod snapshots;

use crust_core::{Builtin, Feature};

/// What this folder brings.
pub const FEATURE: Feature = Feature {
    name: "test_api",
    ops: &[channel::OPS, snapshots::OPS],
    builtins: &[
        Builtin::new("bun:test", "crust:test_api/bun_module"),
        Builtin::new("@jest/globals", "crust:test_api/jest_module"),
        Builtin::new("vitest", "crust:test_api/vitest_module"),
        Builtin::new("node:test", "crust:test_api/node_module"),
        Builtin::new("node:test/reporters", "crust:test_api/node_reporters"),
    ],
    globals: &[],
};

/// Packages that test files import and that this feature answers for, even where they are installed.
pub const REPLACED_PACKAGES: &[&str] = &["@jest/globals", "vitest"];

/// Where the programs that tests start leave their counts: a folder, while coverage is counted.
pub const COVERAGE_VARIABLE: &str = "CRUST_TEST_COVERAGE";

/// The builtin module whose `countFor(folder)` counts in such a program.
pub const COVERAGE: &str = "crust:test_api/coverage";

/// The builtin module whose `start` runs a worker.
pub const WORKER: &str = "crust:test_api/worker";
