//! The one tool of the project: `cargo xtask <command>`. Each command is one file; this page only
//! picks it. It never contains project knowledge that a crate could hold itself.
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        reason = "a failed unwrap in a test is the failure"
    )
)]

use std::process::ExitCode;

mod bench;
mod new_feature;
mod packages;
mod ready;
mod release;
mod setup;
mod shell;
mod tidy;
mod tree;

const HELP: &str = "\
cargo xtask <command>

  setup              install the system JavaScriptCore library, if it is missing
  ready [--slow]     formatting, lints, tidy and every test: what continuous integration asks
  tidy               layers, file headers, lengths, names, unfinished words, links (under 2 s)
  new-feature NAME   create features/crust_NAME and its line in the host
  bench [CASE]       measure against the pinned peers and update docs/benchmarks.md
                       --crust PATH   measure this binary in place of a fresh release build
                       --rounds N     rounds per case (each round runs every program once)
                       --list         name the cases
  packages           run programs over well-known npm packages and compare with the pinned bun
                       --crust PATH   as above
";

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let command = args.next().unwrap_or_default();
    let rest: Vec<String> = args.collect();
    let outcome = match command.as_str() {
        "setup" => setup::run(),
        "ready" => ready::run(&rest),
        "tidy" => tidy::run(),
        "new-feature" => new_feature::run(&rest),
        "bench" => bench::run(&rest),
        "packages" => packages::run(&rest),
        "measure" => bench::measure::run_child(&rest),
        "floor" => bench::serve_floor(),
        "" | "help" | "--help" | "-h" => {
            print!("{HELP}");
            Ok(())
        }
        other => Err(anyhow::anyhow!("unknown command \"{other}\"\n\n{HELP}")),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}
