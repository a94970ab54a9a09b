//! `crust pm licenses`: packages by license.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crust_installer::Licensed;
use serde_json::json;

use crate::cmd::install::Line;
use crate::cmd::install::report::counted;
use crate::error::CliError;
use crate::message;
use crate::outcome::Outcome;

pub(super) fn command(line: &Line<'_>, _: &[String]) -> Result<Outcome, CliError> {
    let (production, development) = (line.has("production"), line.has("dev"));
    let found = line
        .locked()?
        .licenses(production, development, &line.filters())?;
    if line.has("json") {
        message::print(&format!("{:#}\n", as_json(&found)));
    } else {
        line.print_title();
        message::print(&text(&found, line.has("long")));
    }
    Ok(Outcome::SUCCESS)
}

fn as_json(found: &BTreeMap<String, Vec<Licensed>>) -> serde_json::Value {
    let lists = found.iter().map(|(license, packages)| {
        let packages: Vec<serde_json::Value> = packages
            .iter()
            .map(|package| {
                let mut value = json!({
                    "name": package.name,
                    "versions": package.versions,
                    "paths": package.paths,
                    "license": package.license,
                });
                let further = [
                    ("author", &package.author),
                    ("description", &package.description),
                    ("homepage", &package.homepage),
                ];
                for (key, text) in further {
                    if let (Some(text), Some(object)) = (text, value.as_object_mut()) {
                        object.insert(key.to_owned(), text.as_str().into());
                    }
                }
                value
            })
            .collect();
        (license.clone(), serde_json::Value::Array(packages))
    });
    serde_json::Value::Object(lists.collect())
}

fn text(found: &BTreeMap<String, Vec<Licensed>>, long: bool) -> String {
    let mut text = String::new();
    let mut total = 0;
    for (license, packages) in found {
        let lines: Vec<(String, &Licensed)> = packages
            .iter()
            .flat_map(|package| {
                let kind = if package.is_development { " (dev)" } else { "" };
                let of =
                    move |version: &String| (format!("{}@{version}{kind}", package.name), package);
                package.versions.iter().map(of)
            })
            .collect();
        total += lines.len();
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{license} ({})", lines.len());
        for (at, (shown, package)) in lines.iter().enumerate() {
            let is_last = at + 1 == lines.len();
            let (branch, below) = if is_last {
                ("└── ", "    ")
            } else {
                ("├── ", "│   ")
            };
            let _ = writeln!(text, "{branch}{shown}");
            if long {
                let further = [&package.author, &package.description, &package.homepage];
                for line in further.into_iter().flatten() {
                    let _ = writeln!(text, "{below}{line}");
                }
            }
        }
        text.push('\n');
    }
    let _ = writeln!(
        text,
        "{} across {}",
        counted(total, "package"),
        counted(found.len(), "license")
    );
    text
}
