//! What a name on the command line stands for: a file, a package.json script, a package's command or a
//! command of the system. It looks and never runs anything.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use crate::args::closest;
use crate::error::CliError;
use crate::script::{self, Project};
use crate::{cmd, paths};

/// The way the name was given, which decides what comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Given {
    /// `crust NAME`: a file with a known extension, a script, another file, a package's command
    Bare,
    /// `crust run NAME`: a script, a file, a package's command, a command of the system
    ToRun,
}

/// What the name stands for.
#[derive(Debug)]
pub(crate) enum Target {
    File(PathBuf),
    Script { project: Box<Project>, name: String },
    Binary(PathBuf),
}

/// Finds what `name` stands for in `directory`.
pub(crate) fn find(name: &OsStr, given: Given, directory: &Path) -> Result<Target, CliError> {
    if is_path(name) || (given == Given::Bare && has_program_extension(Path::new(name))) {
        if let Some(file) = find_file(directory, name) {
            return as_program(file);
        }
        if is_path(name) {
            return Err(module_not_found(name));
        }
    }
    let (project, problems) = match Project::nearest(directory) {
        Ok(project) => (project, Vec::new()),
        // A broken package.json matters only when the name turns out to be nothing else.
        Err(problems) => (None, problems),
    };
    if let (Some(project), Some(script)) = (&project, name.to_str())
        && project.script(script).is_some()
    {
        let (project, name) = (Box::new(project.clone()), script.to_owned());
        return Ok(Target::Script { project, name });
    }
    if let Some(file) = find_file(directory, name) {
        return as_program(file);
    }
    if let Some(binary) = find_command(name, given, directory) {
        return Ok(Target::Binary(binary));
    }
    if !problems.is_empty() {
        return Err(CliError::Manifest(problems));
    }
    if has_program_extension(Path::new(name)) {
        return Err(module_not_found(name));
    }
    Err(script_not_found(name, given, project.as_ref()))
}

fn script_not_found(name: &OsStr, given: Given, project: Option<&Project>) -> CliError {
    let name = name.to_string_lossy().into_owned();
    let scripts = script::names(project);
    let commands = if given == Given::Bare {
        cmd::names()
    } else {
        Vec::new()
    };
    let known = scripts.iter().map(String::as_str).chain(commands);
    let suggestion = closest(&name, known).map(ToOwned::to_owned);
    CliError::ScriptNotFound { name, suggestion }
}

/// Finds the file that an entry point's name means: the file itself, with an extension, or a
/// directory's index.
pub(crate) fn find_file(directory: &Path, name: &OsStr) -> Option<PathBuf> {
    let path = directory.join(name);
    if path.is_file() {
        return Some(normalized(&path));
    }
    let in_directory = || {
        let package = Project::at(&path).map(|project| project.package);
        let main = package
            .and_then(|package| package.main)
            .map(|main| path.join(main));
        main.filter(|main| main.is_file())
            .or_else(|| with_extension(&path.join("index")))
    };
    with_extension(&path)
        .or_else(|| path.is_dir().then(in_directory).flatten())
        .map(|path| normalized(&path))
}

/// Extensions of programs, in Bun's order of probing.
const PROGRAM_EXTENSIONS: [&str; 8] = ["tsx", "jsx", "mts", "ts", "mjs", "js", "cts", "cjs"];

/// Extensions of data, which can be imported but not run.
const DATA_EXTENSIONS: [&str; 14] = [
    "json", "jsonc", "json5", "toml", "yaml", "yml", "xml", "txt", "text", "md", "css", "html",
    "sh", "node",
];

fn with_extension(path: &Path) -> Option<PathBuf> {
    PROGRAM_EXTENSIONS
        .iter()
        .map(|extension| {
            let mut name = path.as_os_str().to_owned();
            name.push(".");
            name.push(extension);
            PathBuf::from(name)
        })
        .find(|path| path.is_file())
}

fn has_program_extension(path: &Path) -> bool {
    extension(path).is_some_and(|extension| {
        PROGRAM_EXTENSIONS.contains(&extension)
            || DATA_EXTENSIONS.contains(&extension)
            || extension == "wasm"
    })
}

fn extension(path: &Path) -> Option<&str> {
    path.extension().and_then(OsStr::to_str)
}

/// Whether a name can only be a path.
fn is_path(name: &OsStr) -> bool {
    let bytes = name.as_encoded_bytes();
    bytes == b"."
        || bytes == b".."
        || bytes.starts_with(b"./")
        || bytes.starts_with(b"../")
        || bytes.starts_with(b"/")
}

fn as_program(file: PathBuf) -> Result<Target, CliError> {
    match extension(&file).filter(|extension| DATA_EXTENSIONS.contains(extension)) {
        Some(extension) => {
            let reason = format!("{extension} files are not programs");
            Err(CliError::NotAProgram { path: file, reason })
        }
        None => Ok(Target::File(file)),
    }
}

fn find_command(name: &OsStr, given: Given, directory: &Path) -> Option<PathBuf> {
    // A name with a slash is a path, and no command is called so.
    if name.is_empty() || name.as_encoded_bytes().contains(&b'/') {
        return None;
    }
    let system = if given == Given::ToRun {
        paths::system_directories()
    } else {
        Vec::new()
    };
    paths::find_executable(name, paths::binary_directories(directory).chain(system))
}

fn module_not_found(name: &OsStr) -> CliError {
    let path = Path::new(name);
    if path.is_dir() {
        return CliError::NotAProgram {
            path: path.to_owned(),
            reason: "it is a directory without an index file".to_owned(),
        };
    }
    // A link that leads nowhere, or in circles.
    if let (Ok(_), Err(error)) = (path.symlink_metadata(), path.metadata()) {
        return CliError::NotAProgram {
            path: path.to_owned(),
            reason: crate::error::plain(&error),
        };
    }
    let directory = path
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    let siblings: Vec<String> = std::fs::read_dir(directory)
        .into_iter()
        .flatten()
        .take(MAX_SIBLINGS)
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .collect();
    let wanted = path.file_name().unwrap_or_default().to_string_lossy();
    let suggestion = closest(&wanted, siblings.iter().map(String::as_str))
        .map(|sibling| path.with_file_name(sibling).display().to_string());
    CliError::ModuleNotFound {
        name: name.to_string_lossy().into_owned(),
        suggestion,
    }
}

/// Suggestions look at this many neighbours of a missing file: a directory may hold millions.
const MAX_SIBLINGS: usize = 2_000;

/// Removes `.` and `..` from an absolute path without asking the file system.
fn normalized(path: &Path) -> PathBuf {
    let mut parts = PathBuf::new();
    for component in path.components() {
        match component {
            std::path::Component::CurDir => {}
            std::path::Component::ParentDir => {
                parts.pop();
            }
            other => parts.push(other),
        }
    }
    parts
}

/// The program's arguments: `crust FILE -- ARGUMENT` gives `ARGUMENT`, as with Bun.
pub(crate) fn without_separator(rest: &[OsString]) -> &[OsString] {
    match rest.split_first() {
        Some((first, others)) if first == "--" => others,
        _ => rest,
    }
}
