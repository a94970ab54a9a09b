//! `cargo xtask bench`: runs every program of a case in turn (A B A B …), so that a busy machine
//! slows all of them alike, and writes medians and ratios to docs/benchmarks.md. Never compares
//! numbers of two runs.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use crate::{release, tree};

mod big_file;
mod build;
mod case;
mod console_lines;
mod header;
mod hello;
mod install;
mod json;
mod machine;
pub(crate) mod measure;
mod modules;
pub(crate) mod peers;
mod pm;
mod report;
mod rss;
mod server;
mod test_runner;
mod tsc;

use case::{Case, Lab};

pub(crate) use server::serve_floor;

/// One line per case, in the order of docs/benchmarks.md.
const CASES: &[Case] = &[
    hello::CASE,
    modules::CASE,
    big_file::CASE,
    tsc::CASE,
    console_lines::CASE,
    json::CASE,
    rss::CASE,
    test_runner::ISOLATED,
    test_runner::SHARED,
    test_runner::ASSERTING,
    build::PLAIN,
    build::MINIFIED,
    build::APP,
    build::APP_MINIFIED,
    build::APP_SIZE,
];

struct Options {
    case: Option<String>,
    crust: Option<PathBuf>,
    rounds: Option<usize>,
    list: bool,
}

/// Runs one case, or all, and updates the page.
pub(crate) fn run(args: &[String]) -> Result<()> {
    let options = parse(args)?;
    if options.list {
        for case in CASES {
            println!("{:<14} {}", case.name, case.title);
        }
        for (name, title) in server::FAMILIES {
            println!("{name:<14} {title}");
        }
        println!("{:<14} {}", header::NAME, header::TITLE);
        println!("{:<14} {}", install::NAME, install::TITLE);
        println!("{:<14} {}", pm::NAME, pm::TITLE);
        println!("{:<14} {}", build::AGAIN, build::AGAIN_TITLE);
        return Ok(());
    }
    let chosen: Vec<&Case> = CASES
        .iter()
        .filter(|case| options.case.as_deref().is_none_or(|name| name == case.name))
        .collect();
    let families: Vec<&str> = server::FAMILIES
        .iter()
        .map(|(name, _)| *name)
        .filter(|name| options.case.as_deref().is_none_or(|wanted| wanted == *name))
        .collect();
    let wants = |name: &str| options.case.as_deref().is_none_or(|wanted| wanted == name);
    let with_header = wants(header::NAME);
    let with_install = wants(install::NAME);
    let with_pm = wants(pm::NAME);
    let with_again = wants(build::AGAIN);
    let has_own = with_header || with_install || with_pm || with_again;
    if chosen.is_empty() && families.is_empty() && !has_own {
        bail!("no such case; `cargo xtask bench --list` names them");
    }
    let root = tree::root();
    let peers = peers::fetch(&root)?;
    let crust = match options.crust {
        Some(path) => path,
        None => release::build(&root)?,
    };
    if with_header {
        header::run(&root, &std::path::absolute(&crust)?)?;
    }
    let lab = Lab::new(crust, peers)?;
    for case in chosen {
        let result = case.run(&lab, options.rounds.unwrap_or(case.rounds))?;
        report::write(&root, case, &result)?;
    }
    if with_again {
        build::again(&root, &lab, options.rounds)?;
    }
    if with_install {
        install::run(&root, &lab, options.rounds)?;
    }
    for name in families {
        server::run(&root, &lab, name, options.rounds)?;
    }
    if with_pm {
        pm::run(&root, &lab)?;
    }
    Ok(())
}

fn parse(args: &[String]) -> Result<Options> {
    let mut options = Options {
        case: None,
        crust: None,
        rounds: None,
        list: false,
    };
    let mut words = args.iter();
    while let Some(word) = words.next() {
        let mut value = || {
            words
                .next()
                .with_context(|| format!("{word} needs a value"))
        };
        match word.as_str() {
            "--crust" => options.crust = Some(PathBuf::from(value()?)),
            "--rounds" => options.rounds = Some(value()?.parse().context("--rounds: a number")?),
            "--list" => options.list = true,
            name if !name.starts_with('-') => options.case = Some(name.to_owned()),
            other => bail!("unknown option {other}"),
        }
    }
    Ok(options)
}
