//! A project that is built and whose bundles run.

use std::path::PathBuf;
use std::process::{Command, Output};
use std::sync::atomic::{AtomicU32, Ordering};

/// A project in a folder of its own, which goes away with the value.
pub(crate) struct Project(pub(crate) PathBuf);

impl Project {
    pub(crate) fn new(files: &[(&str, &str)]) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("crust-build-{}-{number}", std::process::id());
        let root = std::env::temp_dir().join(name);
        let _ = std::fs::remove_dir_all(&root);
        std::fs::create_dir_all(&root).unwrap();
        let project = Self(root.canonicalize().unwrap());
        for (path, text) in files {
            project.write(path, text);
        }
        project
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.0.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    pub(crate) fn read(&self, path: &str) -> String {
        let bytes = std::fs::read(self.0.join(path));
        String::from_utf8(bytes.unwrap_or_else(|error| panic!("{path}: {error}"))).unwrap()
    }

    pub(crate) fn exists(&self, path: &str) -> bool {
        self.0.join(path).exists()
    }

    /// The names in a folder, in order.
    pub(crate) fn list(&self, path: &str) -> Vec<String> {
        let entries = std::fs::read_dir(self.0.join(path)).unwrap();
        let mut names: Vec<String> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    pub(crate) fn command(
        &self,
        program: impl AsRef<std::ffi::OsStr>,
        arguments: &[&str],
    ) -> Output {
        Command::new(program)
            .args(arguments)
            .current_dir(&self.0)
            .env("NO_COLOR", "1")
            .env_remove("NODE_ENV")
            .env_remove("FORCE_COLOR")
            .output()
            .unwrap()
    }

    pub(crate) fn crust(&self, arguments: &[&str]) -> Output {
        self.command(env!("CARGO_BIN_EXE_crust"), arguments)
    }

    #[track_caller]
    pub(crate) fn build(&self, arguments: &[&str]) -> String {
        let output = self.crust(&[&["build"], arguments].concat());
        assert!(output.status.success(), "{arguments:?}: {}", all(&output));
        String::from_utf8(output.stdout).unwrap()
    }

    /// What a failed build says.
    #[track_caller]
    pub(crate) fn fails(&self, arguments: &[&str]) -> String {
        let output = self.crust(&[&["build"], arguments].concat());
        assert_eq!(output.status.code(), Some(1), "{}", all(&output));
        String::from_utf8(output.stderr).unwrap()
    }

    #[track_caller]
    pub(crate) fn runs(&self, file: &str, expect: &str) {
        let output = self.crust(&[file]);
        assert_eq!(all(&output), expect, "of {file}");
        assert!(output.status.success(), "of {file}");
    }
}

impl Drop for Project {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

pub(crate) fn all(output: &Output) -> String {
    let text = [output.stdout.as_slice(), output.stderr.as_slice()].concat();
    String::from_utf8_lossy(&text).into_owned()
}

/// Builds `main.ts` with these options and runs what comes out.
#[track_caller]
pub(crate) fn check(files: &[(&str, &str)], options: &[&str], expect: &str) -> Project {
    let project = Project::new(files);
    let line = [&["main.ts", "--outdir", "out", "--target", "bun"], options].concat();
    project.build(&line);
    // The bundle does not need its sources.
    for (path, _) in files {
        std::fs::remove_file(project.0.join(path)).unwrap();
    }
    project.runs("out/main.js", expect);
    project
}
