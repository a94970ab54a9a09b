//! A project in a folder of its own, and the program run in it.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::atomic::{AtomicU32, Ordering};

use crust_registry::Registry;

/// A project that goes with the test.
pub(crate) struct Project {
    pub(crate) folder: PathBuf,
    pub(crate) registry: String,
    /// Further variables of the environment.
    pub(crate) variables: Vec<(String, String)>,
}

/// What a command printed, both streams, and its code.
pub(crate) struct Ran {
    pub(crate) text: String,
    pub(crate) code: Option<i32>,
}

impl Project {
    /// With this `package.json`.
    pub(crate) fn new(registry: &Registry, manifest: &str) -> Self {
        Self::at(&registry.url(), manifest)
    }

    pub(crate) fn at(registry: &str, manifest: &str) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let count = NEXT.fetch_add(1, Ordering::Relaxed);
        let outer =
            std::env::temp_dir().join(format!("crust-install-{}-{count}", std::process::id()));
        let _ = std::fs::remove_dir_all(&outer);
        let folder = outer.join("project");
        std::fs::create_dir_all(&folder).unwrap();
        let project = Self {
            folder,
            registry: registry.to_owned(),
            variables: Vec::new(),
        };
        project.write("package.json", manifest);
        project
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.folder.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    /// Lets a file be one that was written long ago.
    pub(crate) fn age(&self, path: &str) {
        let long_ago = std::time::SystemTime::now() - std::time::Duration::from_mins(1);
        let file = std::fs::File::options().write(true).open(self.path(path));
        file.unwrap().set_modified(long_ago).unwrap();
    }

    /// A file's text, empty where there is none.
    pub(crate) fn read(&self, path: &str) -> String {
        std::fs::read_to_string(self.folder.join(path)).unwrap_or_default()
    }

    pub(crate) fn has(&self, path: &str) -> bool {
        self.folder.join(path).symlink_metadata().is_ok()
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.folder.join(path)
    }

    /// The version of what stands at a path of `node_modules`.
    pub(crate) fn version(&self, path: &str) -> String {
        let text = self.read(&format!("node_modules/{path}/package.json"));
        let found = text.split("\"version\":\"").nth(1);
        let version = found.and_then(|rest| rest.split('"').next());
        version.unwrap_or_default().to_owned()
    }

    /// The lockfile without the digests.
    pub(crate) fn lock(&self) -> String {
        self.read("bun.lock")
    }

    pub(crate) fn command(&self, folder: &Path, line: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_crust"));
        command
            .args(line.split_whitespace())
            .current_dir(folder)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.folder.parent().unwrap())
            .env("BUN_CONFIG_REGISTRY", &self.registry)
            .env("BUN_CONFIG_HTTP_RETRY_COUNT", "1")
            .env(
                "BUN_INSTALL_CACHE_DIR",
                self.folder.parent().unwrap().join("cache"),
            )
            .envs(self.variables.iter().cloned());
        command
    }

    pub(crate) fn run(&self, line: &str) -> Ran {
        Ran::of(&self.command(&self.folder, line).output().unwrap())
    }

    pub(crate) fn run_in(&self, folder: &str, line: &str) -> Ran {
        Ran::of(
            &self
                .command(&self.folder.join(folder), line)
                .output()
                .unwrap(),
        )
    }

    /// Runs a line that has to succeed.
    pub(crate) fn ok(&self, line: &str) -> String {
        let ran = self.run(line);
        assert_eq!(ran.code, Some(0), "{line}: {}", ran.text);
        ran.text
    }

    /// Runs a line that has to fail with a code of ours.
    pub(crate) fn fails(&self, line: &str, code: &str) -> String {
        let ran = self.run(line);
        assert_eq!(ran.code, Some(1), "{line}: {}", ran.text);
        assert!(ran.text.contains(code), "{line}: {code}: {}", ran.text);
        ran.text
    }
}

impl Drop for Project {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(self.folder.parent().unwrap());
    }
}

impl Ran {
    fn of(output: &Output) -> Self {
        let stdout = String::from_utf8_lossy(&output.stdout);
        Self {
            text: format!("{stdout}{}", String::from_utf8_lossy(&output.stderr)),
            code: output.status.code(),
        }
    }
}

/// Fails with the whole text where a part is missing.
#[track_caller]
pub(crate) fn contains(text: &str, part: &str) {
    assert!(text.contains(part), "no \"{part}\" in:\n{text}");
}
