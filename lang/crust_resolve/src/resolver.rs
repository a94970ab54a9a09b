//! The resolver: one view of the file system shared by all threads, replaced when it turns out to
//! be stale. It never loads what it finds.

mod explain;
mod library;
mod session;

use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};

use crust_diag::Diagnostic;

use crate::error::{Reason, ResolveError};
use crate::file_url::{file_url_to_path, is_file_url, normalize};
use crate::options::{ReferrerKind, ResolveOptions};
use crate::problems::{ConfigProblem, Problems};
use crate::resolved::Resolved;
use session::Session;

/// Longer paths than Linux opens (`PATH_MAX`) cannot name a file, and the library underneath walks
/// a path's parents recursively: this bounds its stack. Queries and `data:` URLs are not bounded.
const LONGEST_PATH: usize = 4096;

/// Resolves specifiers. One serves the whole process: it may be asked from several threads, and
/// remembers what the file system said. A file that appears later is found nevertheless; one that
/// takes another's place is seen after [`Resolver::clear`].
pub struct Resolver {
    options: Arc<ResolveOptions>,
    problems: Arc<Problems>,
    session: RwLock<Arc<Session>>,
}

impl Resolver {
    /// A resolver with empty caches. Touches no file.
    pub fn new(options: ResolveOptions) -> Self {
        let (options, problems) = (Arc::new(options), Arc::new(Problems::default()));
        let session = RwLock::new(Arc::new(Session::new(&options, &problems)));
        Self {
            options,
            problems,
            session,
        }
    }

    /// Resolves `specifier` as written in a file of `referrer_dir`, which must be absolute.
    pub fn resolve(
        &self,
        specifier: &str,
        referrer_dir: &Path,
        kind: ReferrerKind,
    ) -> Result<Resolved, Box<ResolveError>> {
        self.ask(|session| session.specifier(specifier, referrer_dir, kind))
            .map_err(|reason| self.explain(specifier, referrer_dir, kind, reason))
    }

    /// Resolves the program's entry point as typed on the command line: a path relative to `cwd`
    /// with or without `./` and extension, a directory, or a `file:` URL.
    pub fn resolve_entry(&self, path: &str, cwd: &Path) -> Result<Resolved, Box<ResolveError>> {
        let kind = ReferrerKind::Import;
        let target = if is_file_url(path) {
            file_url_to_path(path)
                .map(|(path, _)| path)
                .map_err(Reason::InvalidUrl)
        } else {
            Ok(normalize(&cwd.join(path)))
        };
        let directory = path.ends_with('/');
        target
            .and_then(|target| self.ask(|session| session.path(&target, directory, None, kind)))
            .map_err(|reason| {
                let by_path = Path::new(path).is_absolute() || path.starts_with('.');
                let shown = if by_path {
                    path.to_owned()
                } else {
                    format!("./{path}")
                };
                self.explain(&shown, cwd, kind, reason)
            })
    }

    /// Configuration files that could not be used as they stand, found so far.
    pub fn problems(&self) -> Vec<Diagnostic> {
        let list = self.problems.list();
        list.iter().map(ConfigProblem::diagnostic).collect()
    }

    /// Forgets what the file system said. Resolutions that are running finish with what they know.
    pub fn clear(&self) {
        self.replace(Session::new(&self.options, &self.problems));
    }

    /// Asks the current view; what it does not find is looked for again in a new view, because a
    /// program may have written the file since.
    fn ask(
        &self,
        question: impl Fn(&Session) -> Result<Resolved, Reason>,
    ) -> Result<Resolved, Reason> {
        let session = Arc::clone(&self.session.read().unwrap_or_else(PoisonError::into_inner));
        let answer = question(&session);
        match &answer {
            Ok(_)
            | Err(Reason::UnknownBuiltin | Reason::UnsupportedScheme(_) | Reason::InvalidUrl(_)) => {
                answer
            }
            Err(_) => {
                let fresh = Session::new(&self.options, &self.problems);
                let answer = question(&fresh);
                if answer.is_ok() {
                    self.replace(fresh);
                }
                answer
            }
        }
    }

    fn replace(&self, session: Session) {
        *self.session.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(session);
    }
}

/// `.`, `..`, `./x` and `../x`; `.x` names a package.
fn is_relative(specifier: &str) -> bool {
    let rest = specifier
        .strip_prefix("..")
        .or_else(|| specifier.strip_prefix('.'));
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?', '#']))
}
