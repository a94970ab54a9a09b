//! `package.json` as the run-time and the script runner need it. Dependencies are listed, not
//! resolved.

use std::path::{Path, PathBuf};

use crust_diag::Diagnostic;

use crate::fields::{Fields, Report};
use crate::json::{self, Dialect, Step};
use crate::source::{Source, read_config};
use crate::value::{Object, Value};

/// `type` of a package.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PackageType {
    /// `"type": "module"`.
    Module,
    /// `"type": "commonjs"`.
    CommonJs,
}

/// A `package.json`. Comments and trailing commas are accepted; a field of the wrong type is left
/// out and listed in `warnings`.
#[derive(Debug, Clone, Default)]
pub struct PackageJson {
    /// The file.
    pub path: PathBuf,
    /// `name`.
    pub name: Option<String>,
    /// `version`.
    pub version: Option<String>,
    /// `description`.
    pub description: Option<String>,
    /// `type`.
    pub package_type: Option<PackageType>,
    /// `main`.
    pub main: Option<String>,
    /// `module`.
    pub module: Option<String>,
    /// `private`.
    pub private: bool,
    /// `packageManager`.
    pub package_manager: Option<String>,
    /// `scripts`, in order.
    pub scripts: Vec<(String, String)>,
    /// `bin`, as command and file; a single file takes the package's name without its scope.
    pub bin: Vec<(String, String)>,
    /// `workspaces`, or its `packages`.
    pub workspaces: Vec<String>,
    /// `engines`.
    pub engines: Vec<(String, String)>,
    /// `dependencies`.
    pub dependencies: Vec<(String, String)>,
    /// `devDependencies`.
    pub dev_dependencies: Vec<(String, String)>,
    /// `optionalDependencies`.
    pub optional_dependencies: Vec<(String, String)>,
    /// `peerDependencies`.
    pub peer_dependencies: Vec<(String, String)>,
    /// Everything, for fields that have no place above.
    pub object: Object,
    /// Fields that are not what they should be.
    pub warnings: Vec<Diagnostic>,
}

impl PackageJson {
    /// Reads and parses the file at `path`.
    pub fn read(path: &Path) -> Result<Self, Vec<Diagnostic>> {
        Self::parse(&read_config(path)?, path)
    }

    /// Parses `text`, the content of `path`.
    pub fn parse(text: &str, path: &Path) -> Result<Self, Vec<Diagnostic>> {
        let file = path.display().to_string();
        let source = Source { text, file: &file };
        let object = match json::parse(text, Dialect::Jsonc) {
            Ok(Value::Object(object)) => object,
            Ok(other) => {
                let message = format!("package.json should hold an object, not {}", other.kind());
                return Err(vec![source.error(message, 0..0)]);
            }
            Err(mistake) => return Err(vec![source.error(mistake.message, mistake.at)]),
        };
        let locate = |path: &[Step]| json::locate(text, Dialect::Jsonc, path);
        let report = Report::new(source, &locate);
        let mut package = Self::from_fields(&Fields::new(&object, &report));
        package.warnings = report.finish();
        path.clone_into(&mut package.path);
        package.object = object;
        Ok(package)
    }

    /// The command of the script `name`.
    pub fn script(&self, name: &str) -> Option<&str> {
        let found = self.scripts.iter().find(|(known, _)| known == name);
        found.map(|(_, command)| command.as_str())
    }

    fn from_fields(fields: &Fields<'_, '_>) -> Self {
        let name = fields.string("name");
        Self {
            bin: bin(fields, name.as_deref()),
            name,
            version: fields.string("version"),
            description: fields.string("description"),
            package_type: package_type(fields),
            main: fields.string("main"),
            module: fields.string("module"),
            private: fields.boolean("private").unwrap_or(false),
            package_manager: fields.string("packageManager"),
            scripts: fields.string_map("scripts"),
            workspaces: workspaces(fields),
            engines: fields.string_map("engines"),
            dependencies: fields.string_map("dependencies"),
            dev_dependencies: fields.string_map("devDependencies"),
            optional_dependencies: fields.string_map("optionalDependencies"),
            peer_dependencies: fields.string_map("peerDependencies"),
            ..Self::default()
        }
    }
}

fn package_type(fields: &Fields<'_, '_>) -> Option<PackageType> {
    match fields.string("type")?.as_str() {
        "module" => Some(PackageType::Module),
        "commonjs" => Some(PackageType::CommonJs),
        other => {
            let message = format!(
                "\"type\" should be \"module\" or \"commonjs\", not \"{other}\"; it is ignored"
            );
            fields.warn("type", message);
            None
        }
    }
}

fn bin(fields: &Fields<'_, '_>, name: Option<&str>) -> Vec<(String, String)> {
    match fields.get("bin") {
        Some(Value::String(file)) => {
            let command = name.map(|name| name.rsplit('/').next().unwrap_or(name).to_owned());
            command
                .map(|command| (command, file.clone()))
                .into_iter()
                .collect()
        }
        Some(_) => fields.string_map("bin"),
        None => Vec::new(),
    }
}

fn workspaces(fields: &Fields<'_, '_>) -> Vec<String> {
    match fields.get("workspaces") {
        Some(Value::Object(_)) => fields
            .object("workspaces")
            .and_then(|inside| inside.strings("packages"))
            .unwrap_or_default(),
        Some(_) => fields.strings("workspaces").unwrap_or_default(),
        None => Vec::new(),
    }
}

/// The nearest `package.json` at or above `dir`.
pub fn find_package_json(dir: &Path) -> Option<PathBuf> {
    dir.ancestors()
        .map(|dir| dir.join("package.json"))
        .find(|path| path.is_file())
}
