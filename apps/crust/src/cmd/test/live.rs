//! The lines at the bottom of a terminal while tests run: drawn, and taken away before anything else is
//! written. Only where people look at it; pipes and CI get plain lines.

use std::io::{IsTerminal as _, Write as _};
use std::time::{Duration, Instant};

use crust_testplan::report::{Progress, Style};
use rustix::termios::tcgetwinsize;

use super::options::Settings;

/// A run that is over sooner shows nothing but its results.
const PATIENCE: Duration = Duration::from_millis(200);
/// The clock moves so often.
const REDRAW: Duration = Duration::from_millis(100);
/// Where a terminal does not tell its width.
const COLUMNS: u16 = 80;

/// The lines of a run.
#[derive(Debug)]
pub(super) struct Live {
    style: Style,
    drawn: usize,
    last: Instant,
    /// What was written last ended its line, so that lines can be drawn below it.
    at_line_start: bool,
}

impl Live {
    /// Lines for this run, where they can be seen.
    pub(super) fn new(settings: &Settings, style: Style) -> Option<Self> {
        let is_dumb = std::env::var_os("TERM").is_none_or(|term| term == "dumb");
        let for_people = settings
            .reporters
            .iter()
            .all(|name| ["default", "verbose", "junit"].contains(&name.as_str()));
        let wanted = for_people && !settings.ci && !is_dumb && std::io::stderr().is_terminal();
        wanted.then(|| Self {
            style,
            drawn: 0,
            last: Instant::now() + PATIENCE,
            at_line_start: true,
        })
    }

    /// Takes the lines away: `next` is written now.
    pub(super) fn clear(&mut self, next: &[u8]) {
        if let Some(last) = next.last() {
            self.at_line_start = *last == b'\n';
        }
        if self.drawn == 0 {
            return;
        }
        // To the first of our lines and to its beginning; everything below goes.
        let up = "\x1b[A".repeat(self.drawn - 1);
        write(&format!("\r{up}\x1b[J"));
        self.drawn = 0;
    }

    /// Draws the lines, where it is time and there is room below what was written.
    pub(super) fn draw(&mut self, progress: &Progress<'_>) {
        let now = Instant::now();
        if !self.at_line_start || (now.saturating_duration_since(self.last) < REDRAW) {
            return;
        }
        self.clear(b"");
        self.last = now;
        let columns = tcgetwinsize(std::io::stderr()).map_or(0, |size| size.ws_col);
        let columns = if columns == 0 { COLUMNS } else { columns };
        let lines = progress.lines(usize::from(columns), self.style);
        self.drawn = lines.len();
        write(&lines.join("\n"));
    }
}

/// A terminal that went away is no error.
fn write(text: &str) {
    let mut stderr = std::io::stderr();
    let _ = stderr
        .write_all(text.as_bytes())
        .and_then(|()| stderr.flush());
}
