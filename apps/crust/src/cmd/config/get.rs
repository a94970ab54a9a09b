//! `crust config get [FIELD]`: prints the header or one field, for people, as JSON or as bytes.

use crust_header_file::Found;

use super::field::{Field, whole_json};
use super::{ConfigError, project};
use crate::args::{OptionId, Options};
use crate::error::CliError;
use crate::message;
use crate::outcome::Outcome;

pub(super) fn command(options: &Options, words: &[String]) -> Result<Outcome, CliError> {
    let field = match words {
        [] => None,
        [name] => Some(Field::named(name)?),
        _ => return Err(ConfigError::Usage("get takes one field, or none for all").into()),
    };
    let Found { path, header } = project::found()?;
    if options.has(OptionId::Hex) {
        let bytes = header.encode();
        let part = field.map_or(bytes.as_slice(), |field| &bytes[field.bytes()]);
        let digits: Vec<String> = part.iter().map(|byte| format!("{byte:02x}")).collect();
        message::print(&format!("{}\n", digits.concat()));
        return Ok(Outcome::SUCCESS);
    }
    let names = project::names(&path)?;
    let text = match (field, options.has(OptionId::Json)) {
        (None, true) => format!("{}\n", whole_json(&header, &names)),
        (Some(field), true) => format!("{}\n", field.json(&header, &names)),
        (Some(field), false) => format!("{}\n", field.text(&header, &names)),
        (None, false) => Field::ALL
            .map(|field| format!("{:<10}{}\n", field.name(), field.text(&header, &names)))
            .concat(),
    };
    message::print(&text);
    Ok(Outcome::SUCCESS)
}
