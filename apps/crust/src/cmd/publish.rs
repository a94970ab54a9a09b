//! `crust publish`: a package to a registry.

use std::fmt::Write as _;

use crust_installer::{PublishOptions, publish};

use super::install::{Line, sink};
use super::pack;
use crate::args::{Parsed, Scope};
use crate::error::CliError;
use crate::message;
use crate::outcome::Outcome;
use crate::script;
use crate::session::Session;

/// `crust publish`.
pub(super) fn command(session: &Session, before: &Parsed) -> Result<Outcome, CliError> {
    let line = Line::read(session, before, "publish", Scope::PUBLISH_LINE)?;
    if let Some(outcome) = line.begin()? {
        return Ok(outcome);
    }
    let here = script::working_directory()?;
    let tarball = match line.words.as_slice() {
        [] => None,
        [word] => Some(here.join(word)),
        [_, word, ..] => {
            return Err(CliError::SurplusWord {
                command: "publish".to_owned(),
                word: word.clone(),
            });
        }
    };
    if tarball.as_ref().is_some_and(|tarball| tarball.is_dir()) {
        return Err(CliError::OptionValue {
            option: "publish",
            reason: "a tarball is needed, not a folder: --cwd names the package's folder"
                .to_owned(),
        });
    }
    line.print_title();
    let text = |name: &'static str| line.value(name).map(ToOwned::to_owned);
    let options = PublishOptions {
        pack: pack::options(&line)?,
        access: text("access"),
        tag: text("tag"),
        otp: text("otp"),
        tolerate_republish: line.has("tolerate-republish"),
        tarball,
    };
    let published = publish(&here, &options, |config| line.adjust(config), &sink(&line))?;
    let packed = &published.packed;
    let name = packed
        .path
        .file_name()
        .unwrap_or_default()
        .to_string_lossy();
    let mut text = pack::describe(packed, &name);
    // Writing to a string cannot fail.
    let _ = write!(
        text,
        "Tag: {}\nAccess: {}\nRegistry: {}\n\n",
        published.tag, published.access, published.registry
    );
    let end = if options.pack.dry_run {
        " (dry-run)"
    } else if published.existed {
        " (published already)"
    } else {
        ""
    };
    let _ = writeln!(text, " + {}@{}{end}", packed.name, packed.version);
    if !line.is_silent() {
        message::print(&text);
    }
    Ok(Outcome::SUCCESS)
}
