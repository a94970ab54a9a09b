//! `crust config feature enable|disable|list NAME`: the flags.

use crust_header_file::{FeatureNames, Found, update};

use super::set::report;
use super::{ConfigError, project};
use crate::args::{Options, closest};
use crate::error::CliError;
use crate::message;
use crate::outcome::Outcome;

pub(super) fn command(options: &Options, words: &[String]) -> Result<Outcome, CliError> {
    match words {
        [verb, names @ ..] if verb == "list" => list(names),
        [verb, names @ ..] if verb == "enable" && !names.is_empty() => switch(options, names, true),
        [verb, names @ ..] if verb == "disable" && !names.is_empty() => {
            switch(options, names, false)
        }
        _ => {
            let usage = "feature takes enable, disable or list, and names of features";
            Err(ConfigError::Usage(usage).into())
        }
    }
}

fn switch(options: &Options, names: &[String], on: bool) -> Result<Outcome, CliError> {
    let path = project::file()?;
    let known = project::names(&path)?;
    let bits = bits(names, &known)?;
    let change = update::<ConfigError>(&path, project::guard(options), |header| {
        for bit in bits {
            header.features = header.features.with_bit(bit, on);
        }
        Ok(())
    })?;
    report(&path, &change)
}

/// Prints the flags with their bits and states: all, or those named.
fn list(names: &[String]) -> Result<Outcome, CliError> {
    let Found { path, header } = project::found()?;
    let known = project::names(&path)?;
    let wanted = bits(names, &known)?;
    for (bit, name) in known.all() {
        if names.is_empty() || wanted.contains(&bit) {
            let state = if header.features.has_bit(bit) {
                "on"
            } else {
                "off"
            };
            message::print(&format!("{bit:>2} {name:<24} {state}\n"));
        }
    }
    Ok(Outcome::SUCCESS)
}

fn bits(names: &[String], known: &FeatureNames) -> Result<Vec<u8>, ConfigError> {
    let bit = |name: &String| {
        known.bit(name).ok_or_else(|| ConfigError::UnknownFeature {
            name: name.clone(),
            suggestion: suggestion(name, known),
        })
    };
    names.iter().map(bit).collect()
}

fn suggestion(name: &str, known: &FeatureNames) -> Option<String> {
    let names = || known.all().map(|(_, known)| known);
    let same = names().find(|known| known.eq_ignore_ascii_case(name));
    same.or_else(|| closest(name, names()))
        .map(ToOwned::to_owned)
}
