//! `--watch`: what is built again, and when.

use std::io::{BufRead as _, BufReader, Lines};
use std::process::{Child, ChildStderr, ChildStdout, Command, Stdio};

use crate::project::Project;

/// A build that goes on until the value does.
struct Watching {
    child: Child,
    output: Lines<BufReader<ChildStdout>>,
    errors: Lines<BufReader<ChildStderr>>,
}

impl Watching {
    fn new(project: &Project, options: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_crust"))
            .args(["build", "--outdir", "out", "--watch"])
            .args(options)
            .current_dir(&project.0)
            .env("NO_COLOR", "1")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let output = BufReader::new(child.stdout.take().unwrap()).lines();
        let errors = BufReader::new(child.stderr.take().unwrap()).lines();
        Self {
            child,
            output,
            errors,
        }
    }

    /// Waits for the build that has this text in this file. There may be others before: what was written just before a
    /// build is news to it.
    #[track_caller]
    fn builds_with(&mut self, project: &Project, file: &str, text: &str) {
        self.builds();
        while !project.read(file).contains(text) {
            self.builds();
        }
    }

    /// Waits for the end of a summary.
    #[track_caller]
    fn builds(&mut self) {
        let mut lines = self.output.by_ref().map(Result::unwrap);
        assert!(lines.any(|line| line.contains("(entry point)")));
    }

    /// Waits for a line of a complaint.
    #[track_caller]
    fn complains(&mut self, part: &str) {
        let mut lines = self.errors.by_ref().map(Result::unwrap);
        assert!(lines.any(|line| line.contains(part)), "{part}");
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn watching_builds_again() {
    let project = Project::new(&[
        ("main.ts", "import './a'; import './s.css'"),
        ("a.ts", "console.log('one')"),
        ("s.css", "@import './t.css'; a { color: red }"),
        ("t.css", "b { color: red }"),
    ]);
    let mut watching = Watching::new(&project, &["main.ts"]);
    watching.builds_with(&project, "out/main.js", "one");
    let untouched = || {
        project
            .0
            .join("out/main.css")
            .metadata()
            .unwrap()
            .modified()
            .unwrap()
    };
    let before = untouched();
    project.write("a.ts", "console.log('two')");
    watching.builds_with(&project, "out/main.js", "two");
    assert_eq!(untouched(), before);
    project.write("t.css", "b { color: green }");
    watching.builds_with(&project, "out/main.css", "green");
}

#[test]
fn watching_goes_on_after_mistakes() {
    let project = Project::new(&[
        ("main.ts", "import './sub/later'; import './b'"),
        ("b.ts", "let a = ;"),
        ("sub/x", ""),
    ]);
    let mut watching = Watching::new(&project, &["main.ts"]);
    watching.complains("2 errors");
    // An import that lead nowhere leads somewhere.
    project.write("sub/later.ts", "console.log('later')");
    watching.complains("b.ts:1:9");
    project.write("b.ts", "console.log('mended')");
    watching.builds_with(&project, "out/main.js", "mended");
    assert!(project.read("out/main.js").contains("later"));
    std::fs::remove_file(project.0.join("b.ts")).unwrap();
    watching.complains("Could not resolve: \"./b\"");
    assert!(project.exists("out/main.js"));
    project.write("b.ts", "console.log('back')");
    watching.builds_with(&project, "out/main.js", "back");
}

#[test]
fn what_others_read_does_not_put_it_off() {
    let project = Project::new(&[("main.ts", "console.log('one')"), ("beside.txt", "")]);
    let mut watching = Watching::new(&project, &["main.ts"]);
    watching.builds();
    let beside = project.0.join("beside.txt");
    std::thread::scope(|scope| {
        let (done, is_done) = std::sync::mpsc::channel::<()>();
        scope.spawn(move || {
            while is_done.try_recv() == Err(std::sync::mpsc::TryRecvError::Empty) {
                std::fs::read(&beside).unwrap();
            }
        });
        project.write("main.ts", "console.log('two')");
        watching.builds_with(&project, "out/main.js", "two");
        drop(done);
    });
}

#[test]
fn watching_waits_for_the_program() {
    let project = Project::new(&[("other.ts", "")]);
    let mut watching = Watching::new(&project, &["main.ts"]);
    watching.complains("main.ts");
    project.write("main.ts", "console.log('here')");
    watching.builds();
}

#[test]
fn a_signal_ends_watching() {
    let project = Project::new(&[("main.ts", "console.log(1)")]);
    let mut watching = Watching::new(&project, &["main.ts"]);
    watching.builds();
    let pid = rustix::process::Pid::from_child(&watching.child);
    rustix::process::kill_process(pid, rustix::process::Signal::INT).unwrap();
    let status = watching.child.wait().unwrap();
    assert_eq!(
        std::os::unix::process::ExitStatusExt::signal(&status),
        Some(2)
    );
    assert_eq!(project.list("out"), ["main.js"]);
}
