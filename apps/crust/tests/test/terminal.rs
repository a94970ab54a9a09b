//! A program in a terminal of its own, whose output is collected.

use std::io::Read as _;
use std::process::{Child, Command};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::pty;

/// Generous, because a debug build on a busy machine is slow.
const PATIENCE: Duration = Duration::from_mins(1);

/// The terminal, and the program in it.
pub(crate) struct Terminal {
    child: Child,
    seen: Arc<Mutex<String>>,
    reader: Option<JoinHandle<()>>,
}

impl Terminal {
    pub(crate) fn start(command: &mut Command) -> Self {
        let (child, mut screen) = pty::start(command, 100);
        let seen = Arc::new(Mutex::new(String::new()));
        let collected = Arc::clone(&seen);
        let reader = std::thread::spawn(move || {
            let mut piece = [0; 4096];
            while let Ok(length) = screen.read(&mut piece)
                && length > 0
            {
                let text = String::from_utf8_lossy(&piece[..length]);
                collected.lock().unwrap().push_str(&text);
            }
        });
        Self {
            child,
            seen,
            reader: Some(reader),
        }
    }

    /// Waits until the text has been written.
    pub(crate) fn until(&self, text: &str) {
        let deadline = Instant::now() + PATIENCE;
        while !self.seen.lock().unwrap().contains(text) {
            let seen = self.seen.lock().unwrap().clone();
            assert!(
                Instant::now() < deadline,
                "never on the screen: {text}\n{seen:?}"
            );
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Waits for the program's end, which must be a success; all that was written.
    pub(crate) fn end(&mut self) -> String {
        let status = self.child.wait().unwrap();
        if let Some(reader) = self.reader.take() {
            reader.join().unwrap();
        }
        let seen = self.seen.lock().unwrap().clone();
        assert!(status.success(), "{seen:?}");
        seen
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // It has ended, unless the test failed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
