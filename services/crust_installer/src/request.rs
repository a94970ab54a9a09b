//! What is asked of an installation besides installing: packages to add, to remove, to update. Never
//! changes anything itself.

mod positional;

pub(crate) use positional::Positional;

/// What an installation is to do.
#[derive(Debug, Clone, Default)]
pub enum Request {
    /// What manifests and lockfile say.
    #[default]
    Install,
    /// Dependencies are added to a manifest.
    Add(AddRequest),
    /// Dependencies are taken out of a manifest.
    Remove(Vec<String>),
    /// Dependencies are resolved anew.
    Update(UpdateRequest),
    /// Dependencies share the versions of the lockfile where they can.
    Dedupe,
}

/// A list of dependencies in a manifest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    /// `dependencies`
    Production,
    /// `devDependencies`
    Development,
    /// `optionalDependencies`
    Optional,
    /// `peerDependencies`
    Peer,
}

impl Group {
    /// All of them, in the order in which a name is looked for.
    pub(crate) const ALL: [Self; 4] = [
        Self::Production,
        Self::Development,
        Self::Optional,
        Self::Peer,
    ];

    /// Its name in a manifest.
    pub(crate) const fn key(self) -> &'static str {
        match self {
            Self::Production => "dependencies",
            Self::Development => "devDependencies",
            Self::Optional => "optionalDependencies",
            Self::Peer => "peerDependencies",
        }
    }
}

/// What `add` is told.
#[derive(Debug, Clone, Default)]
pub struct AddRequest {
    /// `name`, `name@range`, `alias@npm:name@range`, or a folder, tarball or repository.
    pub packages: Vec<String>,
    /// The list they go into; without one, the list that has them already, else `dependencies`.
    pub group: Option<Group>,
    /// The version is written, not a range.
    pub exact: bool,
    /// What is listed already stays as it is.
    pub only_missing: bool,
    /// The range goes into this catalog of the root, and the manifest refers to it; empty for the
    /// default one.
    pub catalog: Option<String>,
    /// Their lifecycle scripts run, and `trustedDependencies` names them.
    pub trust: bool,
}

/// What `update` is told.
#[derive(Debug, Clone, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an option of its own on the command line"
)]
pub struct UpdateRequest {
    /// Names, `*` patterns, `!` in front of what stays, `name@range`; all where there are none.
    pub packages: Vec<String>,
    /// The latest version, whatever the range says.
    pub latest: bool,
    /// Versions are written, not ranges.
    pub exact: bool,
    /// The manifests of all workspaces.
    pub recursive: bool,
    /// Only these lists; all where there are none.
    pub groups: Vec<Group>,
    /// Dependencies of dependencies stay as they are.
    pub direct_only: bool,
}
