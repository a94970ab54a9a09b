//! `crust pm cache`: where the cache is, how large it is, and taking it away.

use crust_installer::CacheFolder;

use crate::cmd::install::Line;
use crate::cmd::install::report::counted;
use crate::cmd::pack::bytes;
use crate::error::CliError;
use crate::message;
use crate::outcome::Outcome;
use crate::script;

pub(super) fn command(line: &Line<'_>, words: &[String]) -> Result<Outcome, CliError> {
    let folder = script::working_directory()?;
    let cache = CacheFolder::of(&folder, |config| line.adjust(config))?;
    match words {
        [] => message::print(&format!("{}\n", cache.path().display())),
        [word] if word == "size" => {
            let size = cache.size();
            message::print(&format!(
                "{} in {}\n",
                bytes(size.bytes),
                counted(size.packages, "package")
            ));
        }
        [word] if word == "rm" => {
            let (verb, size) = if line.has("dry-run") {
                ("Would remove", cache.size())
            } else {
                ("Removed", cache.remove()?)
            };
            message::print(&format!(
                "{verb} {} and {} from {}\n",
                counted(size.packages, "package"),
                bytes(size.bytes),
                cache.path().display()
            ));
        }
        _ => {
            return Err(CliError::OptionValue {
                option: "pm cache",
                reason: "the words that it takes are \"rm\" and \"size\"".to_owned(),
            });
        }
    }
    Ok(Outcome::SUCCESS)
}
