//! `export TARGET` and `import FILE`: to and from what others understand. The texts are `crust_procman`'s.

use std::fs::{OpenOptions, Permissions};
use std::io::Write as _;
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use crust_procman::ProcmanError;
use crust_procman::config::AppConfig;
use crust_procman::export::{self, Options, Target};
use crust_procman::import;

use super::{Line, start};
use crate::error::CliError;
use crate::message;
use crate::outcome::Outcome;

/// `export systemd|kubernetes|compose|nomad [FILES]`: of ecosystem files, or of what runs.
pub(super) fn export(line: &Line) -> Result<Outcome, CliError> {
    let [target, files @ ..] = line.words.as_slice() else {
        return Err(refused(
            "say where to: systemd, kubernetes, compose or nomad",
        ));
    };
    let target = Target::of_name(target).ok_or_else(|| {
        refused(&format!(
            "there is no export \"{target}\": systemd, kubernetes, compose or nomad"
        ))
    })?;
    let apps = if files.is_empty() {
        running(line)?
    } else {
        start::apps_of(line, files)?
    };
    if apps.is_empty() {
        return Err(refused("there is no application to export"));
    }
    let options = Options {
        image: line.value("image").map(ToOwned::to_owned),
    };
    let export = export::render(target, &apps, &options);
    export
        .warnings
        .iter()
        .for_each(|warning| message::warn(warning));
    let Some(folder) = line.value("out_file").map(PathBuf::from) else {
        let many = export.files.len() > 1;
        for file in &export.files {
            if many {
                message::print(&format!("# {}\n", file.name));
            }
            message::print(&file.text);
        }
        return Ok(Outcome::SUCCESS);
    };
    std::fs::create_dir_all(&folder).map_err(|source| CliError::Write {
        path: folder.clone(),
        source,
    })?;
    for file in &export.files {
        let path = folder.join(&file.name);
        write_private(&path, &file.text)?;
        message::print(&format!("{}\n", path.display()));
    }
    Ok(Outcome::SUCCESS)
}

/// Writes a file that only its owner reads: variables of applications are in it, passwords among them.
fn write_private(path: &Path, text: &str) -> Result<(), CliError> {
    let fail = |source| CliError::Write {
        path: path.to_owned(),
        source,
    };
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true).mode(0o600);
    let mut file = options.open(path).map_err(fail)?;
    // One that was there keeps its mode otherwise.
    file.set_permissions(Permissions::from_mode(0o600))
        .and_then(|()| file.write_all(text.as_bytes()))
        .map_err(fail)
}

/// The configurations of what runs, one for each application.
fn running(line: &Line) -> Result<Vec<AppConfig>, CliError> {
    let rows = line.daemon()?.get("/v1/processes/all?env=1")?;
    let mut apps: Vec<AppConfig> = Vec::new();
    for row in rows.as_array().into_iter().flatten() {
        let app: AppConfig = serde_json::from_value(row["config"].clone())
            .map_err(|error| refused(&format!("the daemon's answer is not usable: {error}")))?;
        if !apps.iter().any(|known| known.name == app.name) {
            apps.push(app);
        }
    }
    Ok(apps)
}

/// `import [FILE]`: an ecosystem file out of a Procfile, or of what PM2 has saved.
pub(super) fn import(line: &Line) -> Result<Outcome, CliError> {
    let path = match line.words.as_slice() {
        [] => pm2_dump(),
        [path] => PathBuf::from(path),
        _ => return Err(refused("import takes one file")),
    };
    let text = std::fs::read_to_string(&path).map_err(|source| ProcmanError::Io {
        what: format!("cannot read {}", path.display()),
        source,
    })?;
    let is_procfile = path
        .file_name()
        .is_some_and(|name| name.to_string_lossy().starts_with("Procfile"));
    let (file, warnings) = if is_procfile {
        import::procfile(&text, path.parent().unwrap_or(Path::new(".")))
    } else {
        import::pm2(&text, &start::environment())
    }
    .map_err(|problem| refused(&format!("{}: {problem}", path.display())))?;
    for warning in &warnings {
        message::warn(warning);
    }
    let text = serde_json::to_string_pretty(&file).unwrap_or_default() + "\n";
    match line.value("out_file").map(PathBuf::from) {
        None => message::print(&text),
        Some(path) => write_private(&path, &text)?,
    }
    let count = file["apps"].as_array().map_or(0, Vec::len);
    if count == 0 {
        return Err(refused("there is no application in it"));
    }
    Ok(Outcome::SUCCESS)
}

/// Where PM2 keeps what `pm2 save` wrote.
fn pm2_dump() -> PathBuf {
    let home = std::env::var_os("PM2_HOME").map(PathBuf::from);
    let home = home.unwrap_or_else(|| {
        PathBuf::from(std::env::var_os("HOME").unwrap_or_default()).join(".pm2")
    });
    home.join("dump.pm2")
}

fn refused(text: &str) -> CliError {
    ProcmanError::NotRunnable(text.to_owned()).into()
}
