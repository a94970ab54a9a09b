//! The daemon: it drives the supervisor with what the holder, the clock and people say, and answers over
//! HTTP on a Unix socket. It is in no application's path: when it dies, everything goes on.

mod actions;
mod adopt;
mod connection;
mod cron;
mod dashboard;
mod driver;
mod effects;
mod events;
mod follow;
mod foreground;
mod guards;
mod handover;
mod haste;
mod lock;
mod logs;
mod openmetrics;
mod probe;
mod routes;
mod sampler;
mod signals;
mod spawning;
mod view;
mod vitals;
mod waiting;

pub use driver::{Finish, Options, run};
pub use foreground::Foreground;

/// Whether `name` is a signal, as `SIGTERM`, `TERM` or `15`.
#[must_use]
pub fn is_signal(name: &str) -> bool {
    effects::signal_number(name).is_some()
}

/// The name of a signal, `SIGTERM` of `TERM` or `15`; what is none stays as it is.
pub(crate) fn signal_name_of(name: &str) -> String {
    effects::signal_number(name).map_or_else(|| name.to_owned(), view::signal_name)
}

/// Points standard output at nothing, so that who started the daemon sees its end.
///
/// # Errors
/// `/dev/null` cannot be opened.
pub fn detach() -> std::io::Result<()> {
    let null = std::fs::OpenOptions::new().write(true).open("/dev/null")?;
    rustix::stdio::dup2_stdout(&null)?;
    Ok(())
}
