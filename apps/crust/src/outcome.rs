//! How a command ended, and ending the process the same way.

use std::os::unix::process::ExitStatusExt as _;
use std::process::{ExitCode, ExitStatus};

/// The end of a command: an exit code, or the signal that ended its child.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Code(i32),
    Signal(i32),
}

impl Outcome {
    pub(crate) const SUCCESS: Self = Self::Code(0);
    pub(crate) const FAILURE: Self = Self::Code(1);

    pub(crate) fn is_success(self) -> bool {
        self == Self::SUCCESS
    }

    /// Ends this process as the child ended: callers such as shells and supervisors tell a signal
    /// from an exit code.
    pub(crate) fn finish(self) -> ExitCode {
        match self {
            Self::Code(code) => ExitCode::from(low_byte(code)),
            Self::Signal(signal) => {
                end_by_signal(signal);
                ExitCode::from(low_byte(128 + signal))
            }
        }
    }
}

impl From<ExitStatus> for Outcome {
    fn from(status: ExitStatus) -> Self {
        match (status.code(), status.signal()) {
            (Some(code), _) => Self::Code(code),
            (None, Some(signal)) => Self::Signal(signal),
            (None, None) => Self::FAILURE,
        }
    }
}

/// The kernel keeps the low eight bits of an exit code.
fn low_byte(code: i32) -> u8 {
    code.to_le_bytes()[0]
}

fn end_by_signal(signal: i32) {
    // The child has already left a core file if it was to leave one.
    let no_core = rustix::process::Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    let _ = rustix::process::setrlimit(rustix::process::Resource::Core, no_core);
    // This restores the default action first; it covers every signal whose default is to end.
    let _ = signal_hook::low_level::emulate_default_handler(signal);
    if let Some(signal) = rustix::process::Signal::from_named_raw(signal) {
        let _ = rustix::process::kill_process(rustix::process::getpid(), signal);
    }
}

/// The name and description of a signal, such as `SIGTERM`.
pub(crate) fn signal_name(signal: i32) -> String {
    signal_hook::low_level::signal_name(signal)
        .map_or_else(|| format!("signal {signal}"), ToOwned::to_owned)
}
