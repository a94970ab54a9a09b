//! The line that shows how far an installation is, on a terminal. It never outlives the installation.

use std::io::IsTerminal as _;
use std::sync::{Mutex, MutexGuard};
use std::time::{Duration, Instant};

use crust_installer::Event;

use crate::cmd::pack::bytes;
use crate::message;

/// How often the line changes at most: more cannot be read.
const PAUSE: Duration = Duration::from_millis(60);
/// Cells of the bar.
const CELLS: usize = 20;

/// What is known so far.
#[derive(Default)]
struct State {
    resolved: usize,
    started: usize,
    downloaded: usize,
    bytes: u64,
    to_link: Option<usize>,
    linked: usize,
    drawn: Option<Instant>,
}

/// The line.
pub(super) struct Progress {
    state: Mutex<State>,
    is_shown: bool,
}

impl Progress {
    /// A line that is shown if somebody looks at it.
    pub(super) fn new(wanted: bool) -> Self {
        let in_ci = std::env::var_os("CI").is_some_and(|value| !value.is_empty() && value != "0");
        let is_shown = wanted && !in_ci && std::io::stderr().is_terminal();
        Self {
            state: Mutex::default(),
            is_shown,
        }
    }

    /// Takes notice of an event.
    pub(super) fn note(&self, event: &Event) {
        if !self.is_shown {
            return;
        }
        let mut state = self.state();
        match event {
            Event::Resolved { total } => state.resolved = *total,
            Event::DownloadStarted { .. } => state.started += 1,
            Event::Downloaded { bytes, .. } => {
                state.downloaded += 1;
                state.bytes += bytes;
            }
            Event::Linking { total } => state.to_link = Some(*total),
            Event::Linked => state.linked += 1,
            _ => return,
        }
        let recent = state.drawn.is_some_and(|drawn| drawn.elapsed() < PAUSE);
        if !recent {
            state.drawn = Some(Instant::now());
            message::write_error(&format!("\r\x1b[2K{}", line(&state)));
        }
    }

    /// Takes the line away, for what is printed next.
    pub(super) fn clear(&self) {
        if !self.is_shown {
            return;
        }
        let mut state = self.state();
        if state.drawn.take().is_some() {
            message::write_error("\r\x1b[2K");
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // A thread that panicked left numbers, nothing worse.
        self.state
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

fn line(state: &State) -> String {
    let downloads = format!(
        "{}/{} {}",
        state.downloaded,
        state.started,
        bytes(state.bytes)
    );
    match state.to_link {
        Some(total) if total > 0 => {
            let filled = (CELLS * state.linked / total).min(CELLS);
            let bar = "█".repeat(filled) + &"░".repeat(CELLS - filled);
            format!(
                "Linking {bar} {}/{total} · downloaded {downloads}",
                state.linked
            )
        }
        _ => format!("Resolving [{}] · downloaded {downloads}", state.resolved),
    }
}

#[cfg(test)]
mod tests {
    use super::{State, line};

    #[test]
    fn lines() {
        let mut state = State {
            resolved: 7,
            started: 4,
            downloaded: 2,
            bytes: 1_500_000,
            ..State::default()
        };
        assert_eq!(line(&state), "Resolving [7] · downloaded 2/4 1.50MB");
        state.to_link = Some(4);
        state.linked = 1;
        assert_eq!(
            line(&state),
            "Linking █████░░░░░░░░░░░░░░░ 1/4 · downloaded 2/4 1.50MB"
        );
    }
}
