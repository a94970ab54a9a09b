//! Bundlers: three.js ten times over ([`three`]), and an application of React and MUI ([`app`]), plain and minified, each
//! from a cold process; and how long one changed file takes ([`again`]).

mod again;
mod app;
mod three;

use super::case::{Lab, Program, Target};

pub(super) use again::{NAME as AGAIN, TITLE as AGAIN_TITLE, run as again};
pub(super) use app::{MINIFIED as APP_MINIFIED, PLAIN as APP, SIZE as APP_SIZE};
pub(super) use three::{MINIFIED, PLAIN};

const TARGETS: &[Target] = &[Target::AtMost {
    program: "esbuild",
    ratio: 1.0,
}];

/// The same bundle by each bundler, into a file of its name.
fn programs(lab: &Lab, entry: &str, minify: bool) -> Vec<Program> {
    let rolldown = lab.peers.rolldown.to_string_lossy();
    let (crust, bun) = (&lab.crust, &lab.peers.bun);
    let mut programs = vec![
        Program::new("crust", crust, &["build", entry, "--outfile", "crust.js"]),
        Program::new(
            "esbuild",
            &lab.peers.esbuild,
            &[entry, "--bundle", "--format=esm", "--outfile=esbuild.js"],
        ),
        Program::new("bun", bun, &["build", entry, "--outfile", "bun.js"]),
        Program::new(
            "rolldown",
            &lab.peers.node,
            &[
                &*rolldown,
                entry,
                "--file",
                "rolldown.js",
                "--format",
                "esm",
            ],
        ),
    ];
    for program in &mut programs {
        if minify {
            program.args.push("--minify".to_owned());
        }
        program.output = Some(format!("{}.js", program.name));
    }
    programs
}
