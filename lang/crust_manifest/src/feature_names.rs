//! The names that a project gives to feature flags, in `"crust": {"features": {"NAME": 11}}` of its
//! package.json. Which names and bits are allowed is `crust_header_file`'s to say.

use std::path::Path;

use crust_diag::{Diagnostic, Severity};
use crust_header_file::FeatureNames;

use crate::json::{self, Dialect, Step};
use crate::package_json::find_package_json;
use crate::source::{Source, read_config};
use crate::value::Value;

/// The names of the project that `directory` belongs to; none without a package.json.
///
/// # Errors
/// A package.json that cannot be read, and names or bits that cannot be a project's.
pub fn feature_names(directory: &Path) -> Result<FeatureNames, Vec<Diagnostic>> {
    match find_package_json(directory) {
        Some(path) => parse_feature_names(&read_config(&path)?, &path.display().to_string()),
        None => Ok(FeatureNames::default()),
    }
}

/// The names in `text`, the content of the package.json called `file`.
pub(crate) fn parse_feature_names(text: &str, file: &str) -> Result<FeatureNames, Vec<Diagnostic>> {
    let source = Source { text, file };
    let mut names = FeatureNames::default();
    let whole = json::parse(text, Dialect::Jsonc)
        .map_err(|mistake| vec![source.error(mistake.message, mistake.at)])?;
    let section = whole.as_object().and_then(|whole| whole.get("crust"));
    let Some(section) = section.and_then(|section| section.as_object()?.get("features")) else {
        return Ok(names);
    };
    let path = ["crust", "features"].map(|key| Step::Key(key.to_owned()));
    let problem = |steps: &[Step], message: String| {
        let at = json::locate(text, Dialect::Jsonc, steps);
        let code = "ERR_CONFIG_FEATURE_NAME";
        let message = format!("{code}: {message}");
        source.problem(Severity::Error, message, at).code(code)
    };
    let Value::Object(section) = section else {
        let message = format!(
            "\"features\" should be an object of names and bits, not {}",
            section.kind()
        );
        return Err(vec![problem(&path, message)]);
    };
    let mut problems = Vec::new();
    for (name, bit) in section {
        let refused = match bit {
            Value::Number(bit) => names.add(name, *bit).err().map(|error| error.to_string()),
            other => Some(format!(
                "the bit of the feature {name} should be a number, not {}",
                other.kind()
            )),
        };
        if let Some(message) = refused {
            let own = Step::Key(name.clone());
            let steps: Vec<Step> = path.iter().cloned().chain([own]).collect();
            problems.push(problem(&steps, message));
        }
    }
    if problems.is_empty() {
        Ok(names)
    } else {
        Err(problems)
    }
}

#[cfg(test)]
mod tests {
    use super::parse_feature_names;

    #[test]
    fn names_come_from_their_place() {
        let text = r#"{"name": "x", "crust": {"features": {"MINE": 11, "LAST": 31}}}"#;
        let names = parse_feature_names(text, "package.json").unwrap();
        assert_eq!((names.bit("MINE"), names.bit("LAST")), (Some(11), Some(31)));
        for none in ["{}", "[]", r#"{"crust": 1}"#, r#"{"crust": {}}"#] {
            let names = parse_feature_names(none, "package.json").unwrap();
            assert_eq!(names.all().count(), 11, "{none}");
        }
    }

    #[test]
    fn every_problem_has_its_place() {
        let text = "{\"crust\": {\"features\": {\n\"A\": 10,\n\"b\": 11,\n\"C\": \"12\",\n\"DEBUG\": 13\n}}}";
        let problems = parse_feature_names(text, "package.json").unwrap_err();
        let lines: Vec<u32> = problems.iter().map(|problem| problem.line).collect();
        assert_eq!(lines, [2, 3, 4, 5]);
        let whole = parse_feature_names(r#"{"crust": {"features": []}}"#, "package.json");
        assert_eq!(whole.unwrap_err().len(), 1);
    }
}
