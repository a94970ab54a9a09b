//! Single executables.

use std::process::Command;

use crate::project::{Project, all};

#[test]
fn a_single_executable_runs_on_its_own() {
    let project = Project::new(&[
        (
            "cli.ts",
            "import { readFileSync } from 'node:fs'; import page from './page.html' with { type: 'text' }; import pic from './pic.svg'; import { feature } from 'bun:bundle';\nconst late = await import('./late');\nconsole.log(process.argv.slice(2).join(), page, await Bun.file(pic).text(), readFileSync(pic, 'utf8'), late.value, Bun.main, import.meta.dir, Bun.config.features.DEBUG, Bun.embeddedFiles.map((file) => file.name).join(), Bun.isStandaloneExecutable);\nif (feature('DEBUG')) console.log('debug');",
        ),
        ("page.html", "<p>"),
        ("pic.svg", "<svg/>"),
        ("late.ts", "export const value = 'late';"),
        ("data/extra.txt", "extra"),
    ]);
    assert!(project.crust(&["config", "init"]).status.success());
    assert!(
        project
            .crust(&["config", "feature", "enable", "DEBUG"])
            .status
            .success()
    );
    let text = project.build(&[
        "--compile",
        "cli.ts",
        "--outfile",
        "app/cli",
        "--asset",
        "data",
        "--asset-naming",
        "[name].[ext]",
    ]);
    assert!(text.contains("compile  cli"), "{text}");
    // The header is the one it was built with, wherever it runs.
    let elsewhere = Project::new(&[]);
    assert!(elsewhere.crust(&["config", "init"]).status.success());
    let program = project.0.join("app/cli");
    for path in [
        "cli.ts",
        "page.html",
        "pic.svg",
        "late.ts",
        "data/extra.txt",
    ] {
        std::fs::remove_file(project.0.join(path)).unwrap();
    }
    // With DEBUG on, standard error tells of modules.
    let output = elsewhere.command(&program, &["--version", "x"]);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let expect = "--version,x <p> <svg/> <svg/> late /$bunfs/root/cli.js /$bunfs/root true pic.svg,data/extra.txt true\ndebug\n";
    assert_eq!(text, expect);
    let output = Command::new(&program)
        .arg("--version")
        .env("BUN_BE_BUN", "1")
        .output()
        .unwrap();
    assert!(!all(&output).contains("/$bunfs/"), "{}", all(&output));
}

#[test]
fn a_damaged_executable_says_so() {
    let project = Project::new(&[("cli.ts", "console.log('runs')")]);
    project.build(&["--compile", "cli.ts"]);
    let program = project.0.join("cli");
    let mut bytes = std::fs::read(&program).unwrap();
    bytes.truncate(bytes.len() - 10);
    std::fs::write(&program, bytes).unwrap();
    let output = project.command(&program, &[]);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        all(&output).contains("ERR_PAYLOAD_DAMAGED"),
        "{}",
        all(&output)
    );
}
