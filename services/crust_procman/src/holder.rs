//! The holder: a small process that starts the applications, is their parent and keeps what must outlive
//! the daemon: exit codes, pipes, listening sockets. It has no policy; the daemon says what to do.

mod archive;
pub(crate) mod broker;
pub(crate) mod capture;
mod child;
pub(crate) mod link;
pub(crate) mod protocol;
mod server;
mod sweep;

pub use broker::{BROKER_VARIABLE, KEY_VARIABLE, METRICS_VARIABLE};
pub use server::run;
pub(crate) use server::{raise_file_limit, signal_pipe};
