//! `crust init`: the first files of a project. It never changes a file that is there.

use std::path::Path;

use crust_installer::{Request, install};

use super::install::{Line, sink};
use crate::args::{Parsed, Scope};
use crate::error::CliError;
use crate::message;
use crate::outcome::Outcome;
use crate::script;
use crate::session::Session;

const TSCONFIG: &str = r#"{
  "compilerOptions": {
    "lib": ["ESNext"],
    "target": "ESNext",
    "module": "Preserve",
    "moduleDetection": "force",
    "moduleResolution": "bundler",
    "jsx": "react-jsx",
    "allowJs": true,
    "types": ["bun"],
    "allowImportingTsExtensions": true,
    "verbatimModuleSyntax": true,
    "noEmit": true,
    "strict": true,
    "skipLibCheck": true,
    "noFallthroughCasesInSwitch": true,
    "noUncheckedIndexedAccess": true,
    "noImplicitOverride": true
  }
}
"#;
const IGNORED: &str = "node_modules\ndist\ncoverage\n*.log\n*.tgz\n.env\n.env.*.local\n.DS_Store\n";
const ENTRY: &str = "console.log(\"Hello from Crust!\");\n";

/// `crust init [FOLDER]`.
pub(super) fn command(session: &Session, before: &Parsed) -> Result<Outcome, CliError> {
    let line = Line::read(session, before, "init", Scope::INIT)?;
    if let Some(outcome) = line.begin()? {
        return Ok(outcome);
    }
    let here = script::working_directory()?;
    let folder = match line.words.as_slice() {
        [] => here,
        [name] => here.join(name),
        _ => {
            return Err(CliError::OptionValue {
                option: "init",
                reason: "one folder at most is needed".to_owned(),
            });
        }
    };
    std::fs::create_dir_all(&folder).map_err(|source| CliError::Write {
        path: folder.clone(),
        source,
    })?;
    let is_new = !folder.join("package.json").exists();
    let name = package_name(&folder);
    let mut files = vec![
        ("package.json", manifest(&name)),
        ("tsconfig.json", TSCONFIG.to_owned()),
    ];
    if !line.has("minimal") {
        let program = session.main_name();
        files.push(("index.ts", ENTRY.to_owned()));
        files.push((".gitignore", IGNORED.to_owned()));
        files.push((
            "README.md",
            format!("# {name}\n\n```sh\n{program} install\n{program} index.ts\n```\n"),
        ));
    }
    for (file, text) in files {
        if write_new(&folder, file, &text)? {
            message::print(&format!(" + {file}\n"));
        }
    }
    if !is_new {
        return Ok(Outcome::SUCCESS);
    }
    // The files are there, whatever comes of this.
    let options = line.install_options()?;
    let adjust = |config: &mut _| line.adjust(config);
    if let Err(error) = install(&folder, &Request::Install, &options, adjust, &sink(&line)) {
        message::warn(&format!(
            "the types were not installed: {error} [{}]",
            error.code()
        ));
    }
    message::print(&format!(
        "\nTo get started:\n\n  {} index.ts\n",
        session.main_name()
    ));
    Ok(Outcome::SUCCESS)
}

/// Whether the file was not there.
fn write_new(folder: &Path, file: &str, text: &str) -> Result<bool, CliError> {
    let path = folder.join(file);
    let opened = std::fs::File::options()
        .write(true)
        .create_new(true)
        .open(&path);
    let written = opened.and_then(|mut out| std::io::Write::write_all(&mut out, text.as_bytes()));
    match written {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(false),
        Err(source) => Err(CliError::Write { path, source }),
    }
}

fn manifest(name: &str) -> String {
    let name = serde_json::Value::from(name);
    format!(
        "{{\n  \"name\": {name},\n  \"module\": \"index.ts\",\n  \"type\": \"module\",\n  \"private\": true,\n  \"devDependencies\": {{\n    \"@types/bun\": \"latest\"\n  }}\n}}\n"
    )
}

/// The folder's name as one of a package.
fn package_name(folder: &Path) -> String {
    let whole = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    let name = whole
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .to_lowercase();
    let plain = |letter: char| {
        if letter.is_ascii_alphanumeric() || "-_.".contains(letter) {
            letter
        } else {
            '-'
        }
    };
    let name: String = name.chars().map(plain).collect();
    let name = name.trim_start_matches(['.', '_', '-']).to_owned();
    if name.is_empty() {
        "project".to_owned()
    } else {
        name
    }
}
