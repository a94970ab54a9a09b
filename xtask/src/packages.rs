//! `cargo xtask packages`: programs that use well-known packages, under Crust and under the pinned Bun.
//! npm installs the packages; Crust only runs them. Never part of `make test`, which needs no network.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use anyhow::{Context, Result, bail};

use crate::bench::peers;
use crate::{release, shell, tree};

const PROGRAMS: &str = "bench/packages";

/// Runs every program twice and compares.
pub(crate) fn run(args: &[String]) -> Result<()> {
    let root = tree::root();
    let crust = match args {
        [] => release::build(&root)?,
        [flag, path] if flag == "--crust" => PathBuf::from(path),
        _ => bail!("packages [--crust PATH]"),
    };
    let bun = peers::fetch(&root)?.bun;
    let folder = install(&root)?;
    let mut failed = 0;
    for program in programs(&folder)? {
        let ours = output(&crust, &program, &folder)?;
        let theirs = output(&bun, &program, &folder)?;
        let same = ours.status.code() == theirs.status.code() && ours.stdout == theirs.stdout;
        println!("{} {}", if same { "same   " } else { "DIFFERS" }, program);
        if !same {
            failed += 1;
            show("crust", &ours);
            show("bun", &theirs);
        }
    }
    if failed > 0 {
        bail!("{failed} programs differ");
    }
    Ok(())
}

/// Copies the programs beside their packages and installs what changed.
fn install(root: &Path) -> Result<PathBuf> {
    let folder = root.join(".peers").join("packages");
    std::fs::create_dir_all(&folder)?;
    for entry in std::fs::read_dir(root.join(PROGRAMS)).context(PROGRAMS)? {
        let entry = entry?;
        std::fs::copy(entry.path(), folder.join(entry.file_name()))?;
    }
    let flags = [
        "install",
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        "--no-package-lock",
    ];
    shell::run(&folder, "npm", &flags)?;
    Ok(folder)
}

fn programs(folder: &Path) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if [".ts", ".cjs"]
            .iter()
            .any(|&extension| name.ends_with(extension))
        {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

fn output(program: &Path, file: &str, folder: &Path) -> Result<Output> {
    let mut command = Command::new(program);
    command
        .arg(file)
        .current_dir(folder)
        .env("TZ", "UTC")
        .env_remove("FORCE_COLOR");
    command
        .output()
        .with_context(|| program.display().to_string())
}

fn show(name: &str, output: &Output) {
    println!("--- {name} ({})", output.status);
    println!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}
