//! From what people write to what is executed: files, scripts of a `package.json`, commands of the shell,
//! programs on the path. It looks at files and starts nothing.

use std::ffi::OsStr;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use super::AppConfig;

mod debugging;

/// What the words are understood by.
#[derive(Debug, Clone)]
pub struct Context {
    /// This very binary, which runs JavaScript.
    pub crust: PathBuf,
    /// Where relative paths begin.
    pub cwd: PathBuf,
    /// The value of `PATH`.
    pub path: String,
}

/// The program part of an application, as it was written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Written {
    /// A file, a script of `package.json`, a program or a shell command.
    pub script: String,
    /// Its arguments.
    pub args: Vec<String>,
    /// What runs it.
    pub interpreter: Option<String>,
    /// Arguments of what runs it.
    pub interpreter_args: Vec<String>,
    /// The inspector of its runtime, at an address, or at its usual one where that is empty.
    pub inspect: Option<String>,
    /// Its runtime writes a heap profile when it ends.
    pub heap_prof: bool,
}

/// The words after our own binary that serve the files of a folder.
pub const STATIC_SERVER: [&str; 2] = ["proc", "static"];

/// The key that is to blame, and why.
pub type Unresolved = (&'static str, String);

/// Files that this binary runs.
const OURS: [&str; 8] = ["js", "mjs", "cjs", "jsx", "ts", "mts", "cts", "tsx"];
/// Files that another program runs.
const OTHERS: [(&str, &str); 5] = [
    ("sh", "bash"),
    ("py", "python3"),
    ("rb", "ruby"),
    ("pl", "perl"),
    ("php", "php"),
];

/// Fills in `program`, `args`, `is_crust` and `script` of a configuration.
///
/// # Errors
/// What was written cannot be executed: which key is to blame, and why.
pub fn resolve(
    config: &mut AppConfig,
    written: &Written,
    context: &Context,
) -> Result<(), Unresolved> {
    find(config, written, context)?;
    debugging::add(config, written)
}

fn find(config: &mut AppConfig, written: &Written, context: &Context) -> Result<(), Unresolved> {
    config.script.clone_from(&written.script);
    let file = absolute(&config.cwd, &written.script);
    let interpreter = written.interpreter.as_deref();
    if let Some(interpreter) = interpreter.filter(|name| *name != "none") {
        if !file.is_file() {
            return Err((
                "script",
                format!("the file {} does not exist", file.display()),
            ));
        }
        let program = interpreter_of(interpreter, config, context)?;
        return take(config, context, program, written, Some(&file));
    }
    if file.is_file() {
        return resolve_file(config, written, context, file);
    }
    let is_line = written.script.trim().contains(char::is_whitespace);
    if written.script.contains('/') && !is_line {
        let what = if file.is_dir() {
            "is a folder"
        } else {
            "does not exist"
        };
        return Err(("script", format!("{} {what}", file.display())));
    }
    if has_script(&config.cwd, &written.script) {
        config.args = vec!["run".to_owned(), written.script.clone()];
        config.args.extend(written.args.iter().cloned());
        config.program.clone_from(&context.crust);
        config.is_crust = false;
        return Ok(());
    }
    if is_line {
        resolve_line(config, written);
        return Ok(());
    }
    if written.script == "serve" {
        config.program.clone_from(&context.crust);
        config.is_crust = true;
        config.args = STATIC_SERVER.map(ToOwned::to_owned).into();
        return Ok(());
    }
    let program = on_path(&written.script, &path_of(config, context)).ok_or_else(|| {
        let problem = format!(
            "{:?} is no file in {}, no script of its package.json and no program on the PATH",
            written.script,
            config.cwd.display()
        );
        ("script", problem)
    })?;
    take(config, context, program, written, None)
}

fn resolve_file(
    config: &mut AppConfig,
    written: &Written,
    context: &Context,
    file: PathBuf,
) -> Result<(), Unresolved> {
    let kind = file.extension().and_then(OsStr::to_str).unwrap_or_default();
    if written.interpreter.is_none() {
        if OURS.contains(&kind) {
            return take(config, context, context.crust.clone(), written, Some(&file));
        }
        if let Some((_, name)) = OTHERS.iter().find(|(end, _)| *end == kind) {
            let program = interpreter_of(name, config, context)?;
            return take(config, context, program, written, Some(&file));
        }
    }
    if !is_executable(&file) {
        let problem = format!(
            "{} is not executable: make it so with chmod +x, or say what runs it with --interpreter",
            file.display()
        );
        return Err(("script", problem));
    }
    take(config, context, file, written, None)
}

/// A line of the shell; `"$@"` hands the arguments on as they are.
fn resolve_line(config: &mut AppConfig, written: &Written) {
    config.program = PathBuf::from("/bin/sh");
    config.is_crust = false;
    config.args = vec!["-c".to_owned(), written.script.clone()];
    if !written.args.is_empty() {
        let line = format!("{} \"$@\"", written.script);
        config.args = vec!["-c".to_owned(), line, "sh".to_owned()];
        config.args.extend(written.args.iter().cloned());
    }
}

fn take(
    config: &mut AppConfig,
    context: &Context,
    program: PathBuf,
    written: &Written,
    file: Option<&Path>,
) -> Result<(), Unresolved> {
    config.is_crust = program == context.crust;
    config.program = program;
    config.args.clone_from(&written.interpreter_args);
    config
        .args
        .extend(file.map(|file| file.to_string_lossy().into_owned()));
    config.args.extend(written.args.iter().cloned());
    match config.args.iter().find(|text| text.contains('\0')) {
        Some(text) => Err(("args", format!("the argument {text:?} has a NUL byte"))),
        None => Ok(()),
    }
}

/// The program of an interpreter's name. Other runtimes are this binary where they are not installed.
fn interpreter_of(
    name: &str,
    config: &AppConfig,
    context: &Context,
) -> Result<PathBuf, Unresolved> {
    if name == "crust" {
        return Ok(context.crust.clone());
    }
    if name.contains('/') {
        let path = absolute(&config.cwd, name);
        return if is_executable(&path) {
            Ok(path)
        } else {
            let problem = format!("the interpreter {} is not executable", path.display());
            Err(("interpreter", problem))
        };
    }
    match on_path(name, &path_of(config, context)) {
        Some(path) => Ok(path),
        None if matches!(name, "bun" | "node") => Ok(context.crust.clone()),
        None => {
            let problem = format!("the interpreter {name:?} is not on the PATH");
            Err(("interpreter", problem))
        }
    }
}

fn path_of(config: &AppConfig, context: &Context) -> String {
    config.env.get("PATH").unwrap_or(&context.path).clone()
}

/// A path as seen from a folder, without links and `..` where it exists.
#[must_use]
pub fn absolute(folder: &Path, path: &str) -> PathBuf {
    let joined = folder.join(path);
    joined.canonicalize().unwrap_or(joined)
}

fn is_executable(path: &Path) -> bool {
    path.metadata()
        .is_ok_and(|about| about.is_file() && about.permissions().mode() & 0o111 != 0)
}

fn on_path(name: &str, path: &str) -> Option<PathBuf> {
    if name.is_empty() || name.contains('/') {
        return None;
    }
    let folders = path.split(':').filter(|folder| folder.starts_with('/'));
    folders
        .map(|folder| Path::new(folder).join(name))
        .find(|path| is_executable(path))
}

/// Whether the `package.json` of a folder has a script of this name.
fn has_script(folder: &Path, name: &str) -> bool {
    let text = std::fs::read(folder.join("package.json")).unwrap_or_default();
    let manifest: serde_json::Value = serde_json::from_slice(&text).unwrap_or_default();
    manifest["scripts"][name].is_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolved(
        folder: &Path,
        script: &str,
        args: &[&str],
        interpreter: Option<&str>,
    ) -> Result<AppConfig, Unresolved> {
        let mut config = AppConfig {
            cwd: folder.to_owned(),
            ..AppConfig::default()
        };
        let context = Context {
            crust: "/bin/crust".into(),
            cwd: folder.to_owned(),
            path: "/usr/bin:/bin".to_owned(),
        };
        let written = Written {
            script: script.to_owned(),
            args: args.iter().map(ToString::to_string).collect(),
            interpreter: interpreter.map(ToOwned::to_owned),
            ..Written::default()
        };
        resolve(&mut config, &written, &context).map(|()| config)
    }

    #[test]
    fn scripts_commands_and_programs() {
        let folder = std::env::temp_dir().join(format!("procman-resolve-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let folder = folder.canonicalize().unwrap();
        std::fs::write(folder.join("a.ts"), "").unwrap();
        std::fs::write(folder.join("plain"), "").unwrap();
        std::fs::write(
            folder.join("package.json"),
            r#"{"scripts": {"serve": "x"}}"#,
        )
        .unwrap();
        let ts = resolved(&folder, "a.ts", &["-p", "1"], None).unwrap();
        assert_eq!(ts.program, Path::new("/bin/crust"));
        assert!(ts.is_crust && ts.args == [folder.join("a.ts").to_str().unwrap(), "-p", "1"]);
        let script = resolved(&folder, "serve", &[], None).unwrap();
        assert!(!script.is_crust && script.args == ["run", "serve"]);
        let shell = resolved(&folder, "echo a; sleep 1", &["b c"], None).unwrap();
        assert_eq!(shell.args, ["-c", "echo a; sleep 1 \"$@\"", "sh", "b c"]);
        let sleep = resolved(&folder, "sleep", &["1"], None).unwrap();
        assert!(sleep.program.ends_with("sleep"));
        let fails = |script: &str, interpreter: Option<&str>, text: &str| {
            let (_, error) = resolved(&folder, script, &[], interpreter).unwrap_err();
            assert!(error.contains(text), "{error}");
        };
        fails("plain", None, "not executable");
        fails("./gone.js", None, "does not exist");
        fails("nothing-like-this", None, "no program");
        fails("a.ts", Some("cobol"), "cobol");
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
