//! What a child is started with, read from JS, and its start. Never waits for a child.

use crate::system::{self, ChildSetup, borrow};
use crust_console::output;
use crust_core::{OpError, Throw, Value};
use crust_header_file::Snapshot;
use rustix::io::fcntl_dupfd_cloexec;
use rustix::pipe::{PipeFlags, pipe_with};
use std::ffi::{OsStr, OsString};
use std::io;
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A descriptor number below which the child's own may lie; ours are moved above while it starts.
const ABOVE: i32 = 64;

/// What one of the child's descriptors is.
#[derive(Clone, Copy)]
enum Slot {
    Ignore,
    Pipe,
    Inherit(i32),
}

/// Everything about a child before it runs.
pub(crate) struct Spec {
    file: OsString,
    arguments: Vec<OsString>,
    directory: Option<PathBuf>,
    environment: Vec<(OsString, OsString)>,
    slots: Vec<Slot>,
    user: Option<u32>,
    group: Option<u32>,
    detached: bool,
    /// The first three descriptors are a terminal, which becomes the child's own.
    terminal: bool,
}

/// A running child.
pub(crate) struct Started {
    pub(crate) pid: i32,
    /// Our end of each piped descriptor, in the order of the child's.
    pub(crate) pipes: Vec<Option<OwnedFd>>,
}

impl Spec {
    /// Reads `{file, args, cwd, env, stdio, uid, gid, detached, terminal}`: `env` is names and values in turn,
    /// `stdio` numbers: a descriptor of ours, -1 for none, -2 for a pipe.
    pub(crate) fn read<'s>(value: Value<'s>) -> Result<Self, Throw<'s>> {
        let words = strings(value.get("env")?)?;
        let mut environment = Vec::with_capacity(words.len() / 2);
        let mut words = words.into_iter();
        while let (Some(name), Some(value)) = (words.next(), words.next()) {
            environment.push((name, value));
        }
        let directory = value.get("cwd")?;
        Ok(Self {
            file: value.get("file")?.to_text()?.into(),
            arguments: strings(value.get("args")?)?,
            directory: if directory.is_nullish() {
                None
            } else {
                Some(directory.to_text()?.into())
            },
            environment,
            slots: slots(value.get("stdio")?)?,
            user: number(value.get("uid")?)?,
            group: number(value.get("gid")?)?,
            detached: value.get("detached")?.to_boolean(),
            terminal: value.get("terminal")?.to_boolean(),
        })
    }

    /// Starts the child.
    pub(crate) fn start(&self, config: &Snapshot) -> io::Result<Started> {
        let mut command = Command::new(self.executable()?);
        let mut arguments = self.arguments.iter();
        command
            .arg0(arguments.next().unwrap_or(&self.file))
            .args(arguments);
        command
            .env_clear()
            .envs(self.environment.iter().map(|(name, value)| (name, value)));
        // Whatever environment the program chose: a child has its parent's header.
        let (name, value) = config.inheritance()?.variable();
        command.env(name, value);
        if let Some(directory) = &self.directory {
            command.current_dir(directory);
        }
        self.user.map(|user| command.uid(user));
        self.group.map(|group| command.gid(group));
        let mut ends = Ends::default();
        for (index, slot) in (0..).zip(&self.slots) {
            if matches!(slot, Slot::Inherit(output::STDOUT | output::STDERR)) {
                output::share();
            }
            ends.add(&mut command, index, *slot)?;
        }
        if self.detached || self.terminal || !ends.extra.is_empty() {
            let descriptors = ends
                .extra
                .iter()
                .map(|(fd, to)| (fd.as_raw_fd(), *to))
                .collect();
            system::set_up(
                &mut command,
                ChildSetup {
                    descriptors,
                    detached: self.detached,
                    terminal: self.terminal,
                },
            );
        }
        let child = command.spawn()?;
        #[expect(
            clippy::cast_possible_wrap,
            reason = "process ids are positive i32 in the kernel"
        )]
        let pid = child.id() as i32;
        Ok(Started {
            pid,
            pipes: ends.ours,
        })
    }

    /// Finds the file in the `PATH` that the child gets.
    fn executable(&self) -> io::Result<PathBuf> {
        if self.file.as_bytes().contains(&b'/') {
            return Ok(PathBuf::from(&self.file));
        }
        let path = self
            .environment
            .iter()
            .find(|(name, _)| name == "PATH")
            .map(|(_, value)| value.as_os_str());
        let mut denied = false;
        for directory in std::env::split_paths(path.unwrap_or(OsStr::new("/usr/bin:/bin"))) {
            let candidate = if directory.as_os_str().is_empty() {
                Path::new(".")
            } else {
                &directory
            }
            .join(&self.file);
            match std::fs::metadata(
                self.directory
                    .as_deref()
                    .unwrap_or(Path::new(""))
                    .join(&candidate),
            ) {
                Ok(found) if found.is_file() && found.permissions().mode() & 0o111 != 0 => {
                    return Ok(candidate);
                }
                Ok(found) => denied |= found.is_file(),
                Err(_) => {}
            }
        }
        let errno = if denied { libc::EACCES } else { libc::ENOENT };
        Err(io::Error::from_raw_os_error(errno))
    }
}

/// The descriptors of a child while it starts.
#[derive(Default)]
struct Ends {
    ours: Vec<Option<OwnedFd>>,
    /// Beyond the first three: ours, the child's number.
    extra: Vec<(OwnedFd, i32)>,
}

impl Ends {
    fn add(&mut self, command: &mut Command, index: i32, slot: Slot) -> io::Result<()> {
        let (theirs, ours) = match slot {
            Slot::Ignore if index > 2 => {
                self.ours.push(None);
                return Ok(());
            }
            Slot::Ignore => (None, None),
            Slot::Inherit(fd) => (Some(fcntl_dupfd_cloexec(borrow(fd), ABOVE)?), None),
            Slot::Pipe => {
                let (theirs, ours) = pair(index)?;
                (Some(theirs), Some(ours))
            }
        };
        self.ours.push(ours);
        if let (Some(theirs), 3..) = (&theirs, index) {
            self.extra
                .push((fcntl_dupfd_cloexec(theirs, ABOVE)?, index));
            return Ok(());
        }
        let stdio = theirs.map_or_else(Stdio::null, Stdio::from);
        match index {
            0 => command.stdin(stdio),
            1 => command.stdout(stdio),
            _ => command.stderr(stdio),
        };
        Ok(())
    }
}

/// The child's end and ours: a pipe for the first three, a socket pair for what may go both ways.
fn pair(index: i32) -> io::Result<(OwnedFd, OwnedFd)> {
    match index {
        0 => Ok(pipe_with(PipeFlags::CLOEXEC)?),
        1 | 2 => {
            let (reader, writer) = pipe_with(PipeFlags::CLOEXEC)?;
            Ok((writer, reader))
        }
        _ => {
            let (theirs, ours) = UnixStream::pair()?;
            Ok((theirs.into(), ours.into()))
        }
    }
}

fn strings<'s>(list: Value<'s>) -> Result<Vec<OsString>, Throw<'s>> {
    let mut words = Vec::new();
    for index in 0..length(list)? {
        let text = list.get_index(index)?.to_text()?;
        if text.contains('\0') {
            return Err(
                OpError::type_error("a string for a child must not contain null bytes")
                    .code("ERR_INVALID_ARG_VALUE")
                    .into(),
            );
        }
        words.push(OsString::from_vec(text.into_bytes()));
    }
    Ok(words)
}

fn slots<'s>(list: Value<'s>) -> Result<Vec<Slot>, Throw<'s>> {
    let mut slots = Vec::new();
    for index in 0..length(list)? {
        #[expect(clippy::cast_possible_truncation, reason = "descriptors are small")]
        let number = list.get_index(index)?.to_number()? as i32;
        slots.push(match number {
            -1 => Slot::Ignore,
            -2 => Slot::Pipe,
            fd => Slot::Inherit(fd),
        });
    }
    Ok(slots)
}

fn length<'s>(list: Value<'s>) -> Result<u32, Throw<'s>> {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "an array's length"
    )]
    Ok(list.get("length")?.to_number()? as u32)
}

fn number<'s>(value: Value<'s>) -> Result<Option<u32>, Throw<'s>> {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "ids are checked by the JS side"
    )]
    Ok(if value.is_nullish() {
        None
    } else {
        Some(value.to_number()? as u32)
    })
}

/// The error of a child that could not be started; the JS side adds the file's name.
pub(crate) fn spawn_error(error: &io::Error) -> OpError {
    let number = error.raw_os_error().unwrap_or_default();
    let (code, _) = crust_core::errno::describe(number);
    OpError::error(format!("spawn {code}"))
        .code(code)
        .number_property("errno", f64::from(-number))
}
