//! A program in a terminal of its own, whose output is collected.

use std::fs::File;
use std::io::Read as _;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};

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
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&master).unwrap();
        unlockpt(&master).unwrap();
        let name = ptsname(&master, Vec::new()).unwrap();
        let slave = File::options()
            .read(true)
            .write(true)
            .open(name.to_str().unwrap())
            .unwrap();
        let size = Winsize {
            ws_row: 40,
            ws_col: 100,
            ws_xpixel: 0,
            ws_ypixel: 0,
        };
        tcsetwinsize(&slave, size).unwrap();
        let child = command
            .stdin(Stdio::from(slave.try_clone().unwrap()))
            .stdout(Stdio::from(slave.try_clone().unwrap()))
            .stderr(Stdio::from(slave))
            .spawn()
            .unwrap();
        // The command keeps our copies of the terminal open, and then its end is never seen.
        command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let mut screen = File::from(master);
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
