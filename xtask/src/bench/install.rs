//! `cargo xtask bench install`: package managers against a registry on the loopback, with packages made
//! by arithmetic (`testing/crust_registry`): four projects, each without a lockfile and cache, with a
//! lockfile, with both, and with nothing to do. Each program has its own folder, cache and home.

mod project;
mod table;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Context, Result, bail};

use super::case::{Lab, Program};
use super::measure::{self, Sample};
use super::report;
use project::{PROJECTS, Project, Registry};

pub(super) const NAME: &str = "install";
pub(super) const TITLE: &str =
    "Installing: four projects, cold, with a lockfile, warm, nothing to do";

/// What is there before the program starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Start {
    /// Only the manifests.
    Cold,
    /// The lockfile as well.
    Locked,
    /// The lockfile and the cache.
    Warm,
    /// Everything.
    NoOp,
}

const STARTS: [Start; 4] = [Start::Cold, Start::Locked, Start::Warm, Start::NoOp];

impl Start {
    fn title(self) -> &'static str {
        match self {
            Self::Cold => "cold",
            Self::Locked => "cold, lockfile",
            Self::Warm => "warm",
            Self::NoOp => "nothing to do",
        }
    }
}

/// A package manager.
struct Manager {
    name: &'static str,
    program: PathBuf,
    /// What stands before `install`.
    before: Vec<String>,
    after: &'static [&'static str],
    lockfiles: &'static [&'static str],
    /// One round for every so many of ours, where it takes long.
    share: usize,
}

/// The samples of a program in one state of one project.
struct Cell {
    start: Start,
    series: Vec<(&'static str, Vec<Sample>)>,
    /// Linking the same tree with `cp -al`, in milliseconds.
    floor: f64,
}

/// Measures everything and writes the section.
pub(super) fn run(root: &Path, lab: &Lab, rounds: Option<usize>) -> Result<()> {
    let work = std::env::temp_dir().join(format!("crust-bench-install-{}", std::process::id()));
    let result = measured(root, lab, &work, rounds);
    // A folder left behind harms nobody.
    let _ = std::fs::remove_dir_all(&work);
    report::write_section(root, NAME, &result?)
}

fn measured(root: &Path, lab: &Lab, work: &Path, rounds: Option<usize>) -> Result<String> {
    let managers = managers(lab);
    let mut parts = Vec::new();
    for project in &PROJECTS {
        let registry = Registry::start(root, project.packages)?;
        let rounds = rounds.unwrap_or(project.rounds);
        let cells = cells(&managers, project, &registry, work, rounds)?;
        parts.push((project, cells));
    }
    Ok(table::section(root, &parts))
}

fn managers(lab: &Lab) -> Vec<Manager> {
    let manager = |name, program: &Path, lockfiles, share| Manager {
        name,
        program: program.to_path_buf(),
        before: Vec::new(),
        after: &[],
        lockfiles,
        share,
    };
    vec![
        manager("crust", &lab.crust, &["bun.lock", "crust.lockb"], 1),
        manager("bun", &lab.peers.bun, &["bun.lock"], 1),
        Manager {
            after: &["--no-frozen-lockfile"],
            ..manager("pnpm", &lab.peers.pnpm, &["pnpm-lock.yaml"], 3)
        },
        Manager {
            before: vec![lab.peers.npm.display().to_string()],
            after: &["--no-audit", "--no-fund"],
            ..manager("npm", &lab.peers.node, &["package-lock.json"], 3)
        },
    ]
}

fn cells(
    managers: &[Manager],
    project: &Project,
    registry: &Registry,
    work: &Path,
    rounds: usize,
) -> Result<Vec<Cell>> {
    for manager in managers {
        project.write(&work.join(manager.name), &registry.direct)?;
        // So that there is a lockfile, a cache and a tree.
        once(manager, registry, work)?;
    }
    let mut found = Vec::new();
    for start in STARTS {
        let mut series: Vec<(&'static str, Vec<Sample>)> = managers
            .iter()
            .map(|manager| (manager.name, Vec::new()))
            .collect();
        for round in 0..rounds {
            for (manager, (_, samples)) in managers.iter().zip(&mut series) {
                if round % manager.share == 0 {
                    prepare(manager, project, start, work)?;
                    samples.push(once(manager, registry, work)?);
                }
            }
        }
        println!("{}: {}", project.title, start.title());
        found.push(Cell {
            start,
            series,
            floor: floor(project, work)?,
        });
    }
    Ok(found)
}

/// Takes away what is not to be there.
fn prepare(manager: &Manager, project: &Project, start: Start, work: &Path) -> Result<()> {
    let own = work.join(manager.name);
    if start == Start::NoOp {
        return Ok(());
    }
    for folder in project.module_folders() {
        remove(&own.join("project").join(folder), work)?;
    }
    if start == Start::Cold {
        for file in manager.lockfiles {
            remove(&own.join("project").join(file), work)?;
        }
    }
    if start != Start::Warm {
        remove(&own.join("home"), work)?;
        std::fs::create_dir_all(own.join("home"))?;
    }
    Ok(())
}

/// Puts what is there aside. Deleting it now would be measured with what comes next: a file system may take long over
/// new files where many have just gone (ext4 without a journal looks at each of them).
fn remove(path: &Path, work: &Path) -> Result<()> {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let aside = work.join("aside");
    std::fs::create_dir_all(&aside)?;
    let count = NEXT.fetch_add(1, Ordering::Relaxed);
    match std::fs::rename(path, aside.join(count.to_string())) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| path.display().to_string())
        }
        _ => Ok(()),
    }
}

/// One installation, with nothing of the environment but what every program needs.
fn once(manager: &Manager, registry: &Registry, work: &Path) -> Result<Sample> {
    let own = work.join(manager.name);
    let home = own.join("home").display().to_string();
    let path = std::env::var("PATH").unwrap_or_default();
    let mut args: Vec<String> = vec![
        "-i".to_owned(),
        format!("PATH={path}"),
        format!("HOME={home}"),
        format!("XDG_DATA_HOME={home}/data"),
        format!("NPM_CONFIG_REGISTRY={}", registry.url),
        format!("npm_config_registry={}", registry.url),
        format!("BUN_INSTALL_CACHE_DIR={home}/bun"),
        format!("npm_config_cache={home}/npm"),
        format!("pnpm_config_registry={}", registry.url),
        format!("pnpm_config_store_dir={home}/pnpm"),
        "CI=0".to_owned(),
        manager.program.display().to_string(),
    ];
    args.extend(manager.before.iter().cloned());
    args.push("install".to_owned());
    args.extend(manager.after.iter().map(|&word| word.to_owned()));
    let program = Program {
        output: None,
        name: manager.name,
        path: PathBuf::from("/usr/bin/env"),
        args,
    };
    let sample = measure::run(&program, &own.join("project"))?;
    if !sample.success {
        bail!("{} did not install in {}", manager.name, own.display());
    }
    Ok(sample)
}

/// The least that linking the same tree can take: hard links to our own tree.
fn floor(project: &Project, work: &Path) -> Result<f64> {
    let own = work.join("crust/project");
    let copy = work.join("floor");
    let mut total = 0.0;
    for folder in project.module_folders() {
        let from = own.join(&folder);
        if !from.is_dir() {
            continue;
        }
        std::fs::create_dir_all(&copy)?;
        let program = Program {
            output: None,
            name: "cp",
            path: PathBuf::from("cp"),
            args: vec![
                "-al".to_owned(),
                from.display().to_string(),
                copy.display().to_string(),
            ],
        };
        total += measure::run(&program, work)?.wall_ms;
        remove(&copy, work)?;
    }
    Ok(total)
}
