//! `crust pack`: the tarball of a package.

use std::fmt::Write as _;

use crust_installer::{PackOptions, Packed, pack};

use super::install::{Line, sink};
use crate::args::{Parsed, Scope};
use crate::error::CliError;
use crate::message;
use crate::outcome::Outcome;
use crate::script;
use crate::session::Session;

/// `crust pack`.
pub(super) fn command(session: &Session, before: &Parsed) -> Result<Outcome, CliError> {
    let line = Line::read(session, before, "pack", Scope::PACK)?;
    if let Some(outcome) = line.begin()? {
        return Ok(outcome);
    }
    line.takes_no_words()?;
    let quiet = line.has("quiet") || line.is_silent();
    if !quiet {
        line.print_title();
    }
    let options = options(&line)?;
    let packed = pack(&script::working_directory()?, &options, &sink(&line))?;
    let name = packed
        .path
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    if quiet {
        message::print(&format!("{name}\n"));
    } else {
        message::print(&describe(&packed, &name));
    }
    Ok(Outcome::SUCCESS)
}

/// How a package is packed.
pub(super) fn options(line: &Line<'_>) -> Result<PackOptions, CliError> {
    let level = match line.value("gzip-level") {
        None => None,
        Some(text) => Some(text.parse().map_err(|_| CliError::OptionValue {
            option: "--gzip-level",
            reason: format!("\"{text}\" is not a number from 0 to 9"),
        })?),
    };
    let file_name = line.value("filename").map(ToOwned::to_owned);
    if file_name
        .as_ref()
        .is_some_and(|name| name.is_empty() || name.contains('/'))
    {
        return Err(CliError::OptionValue {
            option: "--filename",
            reason: "a name without a folder is needed; --destination names the folder".to_owned(),
        });
    }
    let folder = line.value("destination");
    Ok(PackOptions {
        destination: folder
            .map(|folder| script::working_directory().map(|at| at.join(folder)))
            .transpose()?,
        file_name,
        ignore_scripts: line.has("ignore-scripts"),
        gzip_level: level,
        dry_run: line.has("dry-run"),
        scripts: script::host_of_installation(line.session)?,
    })
}

/// The files and sizes of a tarball. Writing to a string cannot fail.
pub(super) fn describe(packed: &Packed, name: &str) -> String {
    let mut text = String::new();
    for (path, size) in &packed.files {
        let _ = writeln!(text, "packed {} {path}", bytes(*size));
    }
    let digest = &packed.integrity;
    let (head, tail) = (
        digest.get(..20),
        digest.get(digest.len().saturating_sub(15)..),
    );
    let _ = write!(
        text,
        "\n{name}\n\nTotal files: {}\nShasum: {}\nIntegrity: {}[...]{}\nUnpacked size: {}\nPacked size: {}\n",
        packed.files.len(),
        packed.shasum,
        head.unwrap_or(digest),
        tail.unwrap_or_default(),
        bytes(packed.unpacked),
        bytes(packed.size()),
    );
    text
}

/// A size as people read it.
#[expect(clippy::cast_precision_loss, reason = "two digits are shown")]
pub(super) fn bytes(size: u64) -> String {
    let units = [("GB", 1_000_000_000), ("MB", 1_000_000), ("KB", 1000)];
    let unit = units.into_iter().find(|(_, unit)| size >= *unit);
    unit.map_or_else(
        || format!("{size}B"),
        |(name, unit)| format!("{:.2}{name}", size as f64 / unit as f64),
    )
}
