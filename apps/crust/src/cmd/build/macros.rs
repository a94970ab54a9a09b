//! A build whose files may call macros. It runs on threads of its own, as ever; only when a macro is met is the engine
//! started, on this one.

use std::sync::Arc;
use std::sync::mpsc::channel;
use std::thread;

use crust_bundler::{Build, BuildOptions, Failure, MacroUse};
use crust_diag::Diagnostic;
use crust_host::MacroHost;

use super::Parsed;
use crate::args::OptionId;
use crate::error::CliError;
use crate::program::{self, Source};
use crate::session::Session;

/// What a build tells this thread.
enum News {
    /// There are macros to call.
    Macros,
    Over(Result<Build, Failure>),
}

/// What came of a build.
pub(super) struct Built {
    pub(super) result: Result<Build, Failure>,
    /// An engine is open, whose libraries must not be taken down.
    pub(super) with_engine: bool,
}

/// Builds once.
pub(super) fn build(
    session: &Session,
    parsed: &Parsed,
    mut options: BuildOptions,
) -> Result<Built, CliError> {
    if parsed.options.has(OptionId::NoMacros) {
        let result = crust_bundler::build(options, None);
        return Ok(Built {
            result,
            with_engine: false,
        });
    }
    let (sender, news) = channel();
    let wanted = sender.clone();
    let host = MacroHost::open(move || {
        // Whoever has stopped listening knows that the build is over.
        let _ = wanted.send(News::Macros);
    });
    let host = Arc::new(host);
    options.macros = MacroUse::Run(Arc::clone(&host) as Arc<_>);
    let thread = thread::Builder::new().name("build".to_owned());
    let started = thread.spawn(move || {
        let result = crust_bundler::build(options, None);
        host.end();
        let _ = sender.send(News::Over(result));
    });
    if let Err(error) = started {
        return Ok(failed(format!("cannot start a thread: {error}")));
    }
    let mut with_engine = false;
    loop {
        match news.recv() {
            Ok(News::Over(result)) => {
                return Ok(Built {
                    result,
                    with_engine,
                });
            }
            Ok(News::Macros) if with_engine => {}
            Ok(News::Macros) => {
                with_engine = true;
                let run = program::run_options(session, parsed, Source::Macros, &[])?;
                crust_host::run_macros(run);
            }
            Err(_) => return Ok(failed("internal error: the build was lost".to_owned())),
        }
    }
}

fn failed(message: String) -> Built {
    Built {
        result: Err(Diagnostic::error(message).into()),
        with_engine: false,
    }
}
