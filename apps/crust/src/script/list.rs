//! `crust run` without a name: the scripts there are.

use std::fmt::Write as _;

use super::Project;
use crate::session::Session;

/// The text that lists the scripts of a project.
pub(crate) fn list(session: &Session, project: &Project) -> String {
    let scripts = project.scripts();
    let mut text = format!("package.json scripts ({} found):\n", scripts.len());
    for (name, command) in scripts {
        // Writing to a string cannot fail.
        let _ = write!(
            text,
            "  $ {} run {name}\n    {command}\n\n",
            session.main_name()
        );
    }
    text
}

/// The names of the scripts, for suggestions and completions.
pub(crate) fn names(project: Option<&Project>) -> Vec<String> {
    let scripts = project.into_iter().flat_map(Project::scripts);
    scripts.map(|(name, _)| name.clone()).collect()
}
