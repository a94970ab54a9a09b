//! The header as a process saw it when it started, for the life of the process. It never looks again.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use crust_header::{Feature, Header, PROJECT_BITS};

use crate::error::FileError;
use crate::inherit::{self, Inheritance};
use crate::names::FeatureNames;
use crate::read::{self, Found};
use crate::stamp;

/// Where a snapshot came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// This program, which was compiled with it.
    Compiled,
    /// The process that started this one, or one above it.
    Inherited,
    /// A project's file.
    File(PathBuf),
    /// No project has a header here: these are the defaults.
    Defaults,
}

/// Reads the names of a project's flags from its folder, if it has any, or says why it cannot.
pub type ReadNames = fn(&Path) -> Result<FeatureNames, String>;

/// The header of this process.
pub struct Snapshot {
    /// What it says.
    pub header: Header,
    /// Where it came from.
    pub origin: Origin,
    /// Where the project's package.json is looked for.
    directory: PathBuf,
    read_names: ReadNames,
    names: OnceLock<Result<FeatureNames, String>>,
    inheritance: OnceLock<Result<Inheritance, i32>>,
}

impl Snapshot {
    /// The header that this program was compiled with; or that of the process which started this one; or
    /// that of the project in which `directory` lies. The names are read when they are first needed.
    ///
    /// # Errors
    /// A header that is there and cannot be used.
    pub fn take(directory: &Path, read_names: ReadNames) -> Result<Self, FileError> {
        if let Some(stamped) = stamp::own_header() {
            let header = stamped.map_err(|problem| FileError::Header {
                path: std::env::current_exe().unwrap_or_default(),
                problem,
            })?;
            return Ok(Self::new(header, Origin::Compiled, directory, read_names));
        }
        if let Some((header, names, inheritance)) = inherit::inherited() {
            let snapshot = Self::new(header, Origin::Inherited, directory, read_names);
            let _ = snapshot.names.set(Ok(names));
            let _ = snapshot.inheritance.set(Ok(inheritance));
            return Ok(snapshot);
        }
        Ok(match read::find(directory)? {
            Some(Found { path, header }) => {
                let project = path.parent().unwrap_or(directory).to_owned();
                Self::new(header, Origin::File(path), &project, read_names)
            }
            None => Self::new(Header::DEFAULT, Origin::Defaults, directory, read_names),
        })
    }

    fn new(header: Header, origin: Origin, directory: &Path, read_names: ReadNames) -> Self {
        Self {
            header,
            origin,
            directory: directory.to_owned(),
            read_names,
            names: OnceLock::new(),
            inheritance: OnceLock::new(),
        }
    }

    /// The names of the flags.
    ///
    /// # Errors
    /// Why they cannot be read, in words.
    pub fn names(&self) -> Result<&FeatureNames, &str> {
        let read = || (self.read_names)(&self.directory);
        self.names
            .get_or_init(read)
            .as_ref()
            .map_err(String::as_str)
    }

    /// Whether `feature` is on.
    #[inline]
    pub fn has(&self, feature: Feature) -> bool {
        self.header.features.has(feature)
    }

    /// The names of the features that are on. Nothing is read while none of the project's own is.
    ///
    /// # Errors
    /// As [`Self::names`].
    pub fn enabled(&self) -> Result<Vec<String>, &str> {
        let word = self.header.features;
        if PROJECT_BITS.into_iter().any(|bit| word.has_bit(bit)) {
            let states = self.names()?.states(word);
            return Ok(states
                .filter(|(_, on)| *on)
                .map(|(name, _)| name.to_owned())
                .collect());
        }
        let built_in = word.by_name().filter(|(_, on)| *on);
        Ok(built_in.map(|(name, _)| name.to_owned()).collect())
    }

    /// What a child needs to have the same snapshot. It is made when it is first asked for and then
    /// stays.
    ///
    /// # Errors
    /// What the system said.
    pub fn inheritance(&self) -> io::Result<&Inheritance> {
        let make = || {
            let none = FeatureNames::default();
            // Names that cannot be read are the trouble of whoever asks for them.
            let names = self.names().unwrap_or(&none);
            Inheritance::new(&self.header, names)
                .map_err(|error| error.raw_os_error().unwrap_or_default())
        };
        let made = self.inheritance.get_or_init(make).as_ref();
        made.map_err(|number| io::Error::from_raw_os_error(*number))
    }
}

impl Default for Snapshot {
    /// The defaults without names, for programs without a project.
    fn default() -> Self {
        let none: ReadNames = |_| Ok(FeatureNames::default());
        Self::new(Header::DEFAULT, Origin::Defaults, Path::new("."), none)
    }
}

impl fmt::Debug for Snapshot {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = out.debug_struct("Snapshot");
        shown
            .field("header", &self.header)
            .field("origin", &self.origin);
        shown.finish_non_exhaustive()
    }
}
