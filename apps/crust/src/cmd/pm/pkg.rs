//! `crust pm pkg`: fields of package.json.

use crust_installer::ManifestFile;

use crate::cmd::install::Line;
use crate::error::CliError;
use crate::message;
use crate::outcome::Outcome;
use crate::script;

pub(super) fn command(line: &Line<'_>, words: &[String]) -> Result<Outcome, CliError> {
    let mut file = ManifestFile::nearest(&script::working_directory()?)?;
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["get"] => message::print(&format!("{}\n", file.text().trim_end())),
        ["get", field] => {
            let value = file.get(field)?;
            message::print(&format!("{}\n", value.unwrap_or_else(|| "{}".to_owned())));
        }
        ["get", fields @ ..] => {
            let mut lines = Vec::new();
            for field in fields {
                if let Some(value) = file.get(field)? {
                    lines.push(format!("  {}: {value}", serde_json::Value::from(*field)));
                }
            }
            message::print(&format!("{{\n{}\n}}\n", lines.join(",\n")));
        }
        ["set", pairs @ ..] if !pairs.is_empty() => {
            for pair in pairs {
                let Some((field, value)) = pair.split_once('=') else {
                    return Err(wrong("set", "pairs such as name=value are needed"));
                };
                if line.has("json") {
                    file.set(field, value)?;
                } else {
                    file.set_text(field, value)?;
                }
            }
            save(line, &file)?;
        }
        ["delete", fields @ ..] if !fields.is_empty() => {
            for field in fields {
                file.delete(field)?;
            }
            save(line, &file)?;
        }
        _ => {
            return Err(wrong(
                "",
                "get, set and delete with fields are what it knows",
            ));
        }
    }
    Ok(Outcome::SUCCESS)
}

fn save(line: &Line<'_>, file: &ManifestFile) -> Result<(), CliError> {
    if line.has("dry-run") {
        message::print(&format!("{}\n", file.text().trim_end()));
        return Ok(());
    }
    file.save()?;
    Ok(())
}

fn wrong(word: &str, reason: &str) -> CliError {
    CliError::OptionValue {
        option: if word.is_empty() {
            "pm pkg"
        } else {
            "pm pkg set"
        },
        reason: reason.to_owned(),
    }
}
