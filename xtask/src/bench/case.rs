//! What a case is: programs that do the same work, the figure that is compared, and the targets.
//! Never knows how a figure is taken or written down.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use super::measure::{self, Sample};
use super::peers::Peers;

/// Rounds that are run and thrown away, so that every file is in the page cache.
const WARM_UP: usize = 2;

/// One case of the harness.
pub(super) struct Case {
    pub(super) name: &'static str,
    pub(super) title: &'static str,
    pub(super) metric: Metric,
    pub(super) targets: &'static [Target],
    /// Rounds unless the command line says otherwise; fewer where one round takes long.
    pub(super) rounds: usize,
    /// Writes the inputs below `folder` and names the programs; the first is ours.
    pub(super) prepare: fn(lab: &Lab, folder: &Path) -> Result<Vec<Program>>,
}

/// The figure that is compared.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Metric {
    /// From spawn to exit.
    Wall,
    /// The most memory the process had resident.
    PeakRss,
    /// How large the file is that the program wrote.
    OutputSize,
}

/// What the issue asks for.
pub(super) enum Target {
    /// Our median divided by this program's is at most `ratio`.
    AtMost { program: &'static str, ratio: f64 },
    /// Our median divided by the least of the others' is at most this.
    AtMostBest(f64),
    /// Our median is at most this many MiB.
    MaxMib(f64),
}

/// One program of a case: the same work for each.
pub(super) struct Program {
    pub(super) name: &'static str,
    pub(super) path: PathBuf,
    pub(super) args: Vec<String>,
    /// The file that it writes, in the case's folder, if that is wanted.
    pub(super) output: Option<String>,
}

impl Program {
    pub(super) fn new(name: &'static str, path: &Path, args: &[&str]) -> Self {
        let args = args.iter().map(|&word| word.to_owned()).collect();
        Self {
            name,
            path: path.to_path_buf(),
            args,
            output: None,
        }
    }
}

/// The binaries under test and a folder for inputs.
pub(super) struct Lab {
    pub(super) crust: PathBuf,
    pub(super) peers: Peers,
    folder: PathBuf,
}

/// The samples of one program, in the order they were taken.
pub(super) struct Series {
    pub(super) name: &'static str,
    pub(super) samples: Vec<Sample>,
}

impl Lab {
    pub(super) fn new(crust: PathBuf, peers: Peers) -> Result<Self> {
        let folder = std::env::temp_dir().join(format!("crust-bench-{}", std::process::id()));
        std::fs::create_dir_all(&folder)?;
        Ok(Self {
            crust: std::path::absolute(crust)?,
            peers,
            folder,
        })
    }

    /// The path of a new file of so many zero bytes below the folder for inputs.
    pub(super) fn file(&self, name: &str, bytes: u64) -> Result<String> {
        let path = self.folder.join(name);
        std::fs::File::create(&path)?.set_len(bytes)?;
        Ok(path.to_string_lossy().into_owned())
    }

    /// A new folder for a case's inputs.
    pub(super) fn folder(&self, name: &str) -> Result<PathBuf> {
        let folder = self.folder.join(name);
        std::fs::create_dir_all(&folder)?;
        Ok(folder)
    }

    /// `crust FILE`, `bun FILE`, `deno run -A FILE`, `node FILE`.
    pub(super) fn all_run(&self, file: &str) -> Vec<Program> {
        vec![
            Program::new("crust", &self.crust, &[file]),
            Program::new("bun", &self.peers.bun, &[file]),
            Program::new(
                "deno",
                &self.peers.deno,
                &["run", "--allow-all", "--no-lock", file],
            ),
            Program::new("node", &self.peers.node, &[file]),
        ]
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        // A folder left in the temporary directory harms nobody.
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

impl Case {
    /// Warms up, then runs every program once per round.
    pub(super) fn run(&self, lab: &Lab, rounds: usize) -> Result<Vec<Series>> {
        let folder = lab.folder(self.name)?;
        let programs = (self.prepare)(lab, &folder)?;
        let mut series: Vec<Series> = programs
            .iter()
            .map(|p| Series {
                name: p.name,
                samples: Vec::new(),
            })
            .collect();
        for round in 0..WARM_UP + rounds {
            for (program, into) in programs.iter().zip(&mut series) {
                let mut sample = measure::run(program, &folder)?;
                if !sample.success {
                    bail!(
                        "{}: {} failed; run it alone to see why",
                        self.name,
                        program.name
                    );
                }
                if let Some(output) = &program.output {
                    sample.output_kib = kib(&folder.join(output))?;
                }
                if round >= WARM_UP {
                    into.samples.push(sample);
                }
            }
            eprint!(
                "\r{}: round {} of {} ",
                self.name,
                round + 1,
                WARM_UP + rounds
            );
        }
        eprintln!();
        Ok(series)
    }
}

fn kib(path: &Path) -> Result<f64> {
    let bytes = std::fs::metadata(path)?.len();
    #[expect(clippy::cast_precision_loss, reason = "files are below 2^52 bytes")]
    let exact = bytes as f64;
    Ok(exact / 1024.0)
}
