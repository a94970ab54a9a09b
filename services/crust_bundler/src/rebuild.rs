//! Building the same program again and again, for `--watch`: what did not change is not read again. What goes wrong is
//! found out by a whole build, so that it is told as if it were the first.

use std::collections::BTreeSet;
use std::path::PathBuf;

use crust_diag::Diagnostic;
use tokio::runtime::Runtime;

use crate::artifact::Build;
use crate::bundle::{Failure, STACK_SIZE, build, check, runtime};
use crate::options::BuildOptions;
use crate::session::Session;

/// A program that is built again when its files change.
pub struct Rebuild {
    options: BuildOptions,
    /// Taken when this goes.
    runtime: Option<Runtime>,
    /// What the last build knew, if it went well.
    session: Option<Session>,
    /// How many builds read all files.
    whole: usize,
}

impl Rebuild {
    /// A program that has not been built yet.
    ///
    /// # Errors
    /// A system that has no threads left.
    pub fn new(options: BuildOptions) -> Result<Self, Failure> {
        Ok(Self {
            options,
            runtime: Some(runtime()?),
            session: None,
            whole: 0,
        })
    }

    /// How many builds read all files.
    pub fn whole_builds(&self) -> usize {
        self.whole
    }

    /// The next build reads everything.
    pub fn forget(&mut self) {
        self.session = None;
    }

    /// Builds after these files changed.
    ///
    /// # Errors
    /// Everything that is wrong with the program or its options.
    pub fn build(&mut self, changed: &BTreeSet<PathBuf>) -> Result<Build, Failure> {
        if self.options.no_bundle {
            self.whole += 1;
            return build(self.options.clone(), None);
        }
        let before = self.whole;
        let Some(runtime) = self.runtime.take() else {
            return Err(failed("the threads of the build are gone"));
        };
        let kept = self.session.is_some();
        let mut built = self.build_on(&runtime, changed);
        if built.is_err() && kept && self.session.is_none() && self.whole == before {
            // The bundler panicked over what it kept, which is gone now.
            built = self.build_on(&runtime, changed);
        }
        self.runtime = Some(runtime);
        built
    }

    /// The caller's stack may be small.
    fn build_on(
        &mut self,
        runtime: &Runtime,
        changed: &BTreeSet<PathBuf>,
    ) -> Result<Build, Failure> {
        std::thread::scope(|scope| {
            let thread = std::thread::Builder::new()
                .name("bundle".to_owned())
                .stack_size(STACK_SIZE)
                .spawn_scoped(scope, || runtime.block_on(self.build_here(changed)));
            let thread =
                thread.map_err(|error| failed(&format!("cannot start a thread: {error}")))?;
            let broken = |_| Err(failed("internal error: the bundler panicked"));
            thread.join().unwrap_or_else(broken)
        })
    }

    async fn build_here(&mut self, changed: &BTreeSet<PathBuf>) -> Result<Build, Failure> {
        // Taken: after a build that failed, or did not come back, nothing of it is used.
        if let Some(mut session) = self.session.take()
            && let Some(modules) = session.modules_of(changed)
            && let Ok(build) = session.build(&modules).await
        {
            self.session = Some(session);
            return Ok(build);
        }
        self.whole += 1;
        check(&self.options)?;
        let mut session = Session::open(self.options.clone(), None, true).await?;
        let build = session.build(&[]).await?;
        self.session = Some(session);
        Ok(build)
    }
}

impl Drop for Rebuild {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

fn failed(message: &str) -> Failure {
    Diagnostic::error(message).into()
}

#[cfg(test)]
mod tests;
