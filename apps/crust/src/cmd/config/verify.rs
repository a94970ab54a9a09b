//! `crust config verify [FILE]`: says whether a file starts with a valid header.

use crust_header::{VALUES, crc64};
use crust_header_file::read;

use super::{ConfigError, project};
use crate::args::Options;
use crate::error::CliError;
use crate::message;
use crate::outcome::Outcome;

pub(super) fn command(_: &Options, words: &[String]) -> Result<Outcome, CliError> {
    let path = match words {
        [] => project::file()?,
        [path] => path.into(),
        _ => return Err(ConfigError::Usage("verify takes one file, or none").into()),
    };
    let header = read(&path).map_err(ConfigError::from)?;
    let checksum = crc64(&header.encode()[VALUES]);
    message::print(&format!(
        "{}: valid, config version {}, CRC-64 {checksum:#018x}\n",
        project::shown(&path),
        header.version.number()
    ));
    Ok(Outcome::SUCCESS)
}
