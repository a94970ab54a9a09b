//! The environment variables that Crust itself reads, as data: code, `--help` and the
//! documentation come from this table.

/// One environment variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Variable {
    /// Its name.
    pub name: &'static str,
    /// The values it takes, as shown in help.
    pub values: &'static str,
    /// What it does, one line.
    pub doc: &'static str,
}

const fn row(name: &'static str, values: &'static str, doc: &'static str) -> Variable {
    Variable { name, values, doc }
}

/// Every variable, sorted by name.
pub const VARIABLES: &[Variable] = &[
    row(
        "BUN_ENV",
        "NAME",
        "Like NODE_ENV, and stronger, where .env files are chosen.",
    ),
    row(
        "BUN_OPTIONS",
        "OPTIONS",
        "Command-line options put before those of every invocation.",
    ),
    row("CI", "true", "Turns progress displays off."),
    row(
        "CRUST_CODE_CACHE",
        "PATH|off",
        "Where bytecode is kept between runs; off keeps none.",
    ),
    row(
        "CRUST_CONFIG_SNAPSHOT",
        "PID:FD",
        "Set by Crust for its children: where they find their parent's header.",
    ),
    row(
        "CRUST_ENGINE",
        "portable",
        "Uses only the engine's public interface, no accelerators.",
    ),
    row(
        "CRUST_JSC_LIBRARY",
        "PATH",
        "The JavaScriptCore library to open instead of the system's.",
    ),
    row(
        "CRUST_PM_HOME",
        "PATH",
        "Where crust proc keeps its state, logs and socket; else .crust-pm in HOME.",
    ),
    row(
        "CRUST_UPGRADE_MANIFEST",
        "URL",
        "Where crust upgrade finds the manifest of binaries.",
    ),
    row(
        "FORCE_COLOR",
        "0|1|2|3",
        "Colours output although it is no terminal; 0 turns it off.",
    ),
    row(
        "HOME",
        "PATH",
        "The user's directory; global configuration lies there.",
    ),
    row(
        "NODE_ENV",
        "NAME",
        "production, test or development; chooses the .env files.",
    ),
    row("NODE_NO_WARNINGS", "1", "Silences process warnings."),
    row(
        "NODE_PATH",
        "PATHS",
        "Directories, separated by colons, searched after node_modules.",
    ),
    row(
        "NO_COLOR",
        "1",
        "Turns colours off; any value but the empty one counts.",
    ),
    row(
        "PATH",
        "PATHS",
        "Where commands of scripts and child processes are found.",
    ),
    row(
        "TERM",
        "NAME",
        "The kind of terminal; dumb turns colours off.",
    ),
    row("TMPDIR", "PATH", "The directory for temporary files."),
    row("TZ", "ZONE", "The time zone of dates."),
    row(
        "XDG_CACHE_HOME",
        "PATH",
        "Where caches lie, before .cache of HOME.",
    ),
    row(
        "XDG_CONFIG_HOME",
        "PATH",
        "Where global configuration lies, before HOME.",
    ),
];

/// The row of `name`.
pub fn variable(name: &str) -> Option<&'static Variable> {
    VARIABLES
        .binary_search_by(|row| row.name.cmp(name))
        .ok()
        .map(|at| &VARIABLES[at])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table_is_sorted_and_documented() {
        assert!(VARIABLES.is_sorted_by_key(|row| row.name));
        for row in VARIABLES {
            assert_eq!(variable(row.name), Some(row));
            assert!(
                row.doc.ends_with('.') && row.doc.len() <= 80,
                "{}",
                row.name
            );
        }
        assert_eq!(variable("NOPE"), None);
    }
}
