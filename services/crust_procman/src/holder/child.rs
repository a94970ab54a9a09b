//! Starting one process: files, environment, process group. It never waits for one.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::fd::{AsRawFd as _, OwnedFd};
use std::os::unix::fs::OpenOptionsExt as _;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Command, Stdio};

use rustix::fs::OFlags;
use rustix::io::{FdFlags, fcntl_setfd};
use rustix::process::{Pid, Resource, Rlimit, prlimit};

use super::protocol::Spawn;

/// A started process with our ends of what connects us.
pub(super) struct Started {
    pub(super) pid: u32,
    pub(super) out: Option<OwnedFd>,
    pub(super) err: Option<OwnedFd>,
    pub(super) channel: Option<UnixStream>,
}

/// Room in a pipe: what a program has written before it ended stays in it, and few switches are needed
/// in a flood. The kernel refuses it when a user has too many such pipes; then 64 KiB remain.
const PIPE_SIZE: usize = 1 << 20;

/// Starts what `spawn` describes. `files` is the limit of open files that the child gets back: ours is
/// raised.
pub(super) fn start(spawn: &Spawn, files: Rlimit) -> io::Result<Started> {
    let mut command = Command::new(&spawn.program);
    command
        .args(&spawn.args)
        .env_clear()
        .envs(spawn.env.iter().map(|(name, value)| (name, value)))
        .current_dir(&spawn.cwd)
        .stdin(Stdio::null())
        .process_group(0);
    if let Some(gid) = spawn.gid {
        command.gid(gid);
    }
    if let Some(uid) = spawn.uid {
        command.uid(uid);
    }
    let (out, err) = connect_output(spawn, &mut command)?;
    let channel = if spawn.channel {
        Some(connect_channel(&mut command)?)
    } else {
        None
    };
    // The parent's copies of what the child got are dropped with `command`.
    let child = command.spawn()?;
    drop(command);
    let (ours, theirs) = channel.unzip();
    drop(theirs);
    let pid = child.id();
    if let Some(id) = i32::try_from(pid).ok().and_then(Pid::from_raw) {
        let _ = prlimit(Some(id), Resource::Nofile, files);
    }
    for cgroup in &spawn.cgroups {
        // Where the kernel refuses, limits are held by looking.
        let _ = std::fs::write(cgroup.join("cgroup.procs"), pid.to_string());
    }
    Ok(Started {
        pid,
        out,
        err,
        channel: ours,
    })
}

fn connect_output(
    spawn: &Spawn,
    command: &mut Command,
) -> io::Result<(Option<OwnedFd>, Option<OwnedFd>)> {
    if spawn.capture.is_some() {
        let (out, theirs) = pipe()?;
        command.stdout(theirs);
        let (err, theirs) = pipe()?;
        command.stderr(theirs);
        return Ok((Some(out), Some(err)));
    }
    let to = |path: Option<&Path>| match path {
        None => Ok(Stdio::null()),
        // Where our own output goes, whatever that is.
        Some(path) if path == Path::new("/dev/stdout") => dup(&std::io::stdout()),
        Some(path) if path == Path::new("/dev/stderr") => dup(&std::io::stderr()),
        Some(path) => append(path).map(Stdio::from),
    };
    command.stdout(to(spawn.out.as_deref())?);
    command.stderr(to(spawn.err.as_deref())?);
    Ok((None, None))
}

/// A log file to append to, readable for its group. Writing to it waits, where it is a pipe.
pub(super) fn append(path: &Path) -> io::Result<File> {
    let file = append_now(path)?;
    let flags = rustix::fs::fcntl_getfl(&file)?;
    rustix::fs::fcntl_setfl(&file, flags - OFlags::NONBLOCK)?;
    Ok(file)
}

/// A log file to append to. Neither opening a pipe nor writing to it waits for its reader.
pub(super) fn append_now(path: &Path) -> io::Result<File> {
    let no_waiting = i32::try_from(OFlags::NONBLOCK.bits()).unwrap_or(0);
    let open = || {
        OpenOptions::new()
            .append(true)
            .create(true)
            .mode(0o640)
            .custom_flags(no_waiting)
            .open(path)
    };
    open()
        .or_else(|error| match path.parent() {
            Some(folder) if error.kind() == io::ErrorKind::NotFound => {
                std::fs::create_dir_all(folder)?;
                open()
            }
            _ => Err(error),
        })
        .map_err(|error| {
            io::Error::new(
                error.kind(),
                format!("log file {}: {error}", path.display()),
            )
        })
}

fn dup(stream: &impl std::os::fd::AsFd) -> io::Result<Stdio> {
    Ok(Stdio::from(stream.as_fd().try_clone_to_owned()?))
}

fn pipe() -> io::Result<(OwnedFd, Stdio)> {
    let (read, write) = rustix::pipe::pipe_with(rustix::pipe::PipeFlags::CLOEXEC)?;
    let _ = rustix::pipe::fcntl_setpipe_size(&write, PIPE_SIZE);
    rustix::io::ioctl_fionbio(&read, true)?;
    Ok((read, Stdio::from(write)))
}

/// A message channel as Node's: a socket whose number is in `NODE_CHANNEL_FD`. The descriptor is open
/// for the child because nobody else forks here.
fn connect_channel(command: &mut Command) -> io::Result<(UnixStream, UnixStream)> {
    let (ours, theirs) = UnixStream::pair()?;
    ours.set_nonblocking(true)?;
    fcntl_setfd(&theirs, FdFlags::empty())?;
    command.env("NODE_CHANNEL_FD", theirs.as_raw_fd().to_string());
    command.env("NODE_CHANNEL_SERIALIZATION_MODE", "json");
    Ok((ours, theirs))
}
