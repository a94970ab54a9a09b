//! Natives that watch files and directories with inotify. Recursion below a directory is one watch per
//! directory, added as directories appear.

use crate::support::failed_at;
use crust_core::{
    Call, GlobalValue, Interest, KeepAlive, Op, OpResult, Readiness, Runtime, Scope, Source,
    SourceId,
};
use rustix::fs::inotify::{self, CreateFlags, ReadFlags, WatchFlags};
use slab::Slab;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::mem::MaybeUninit;
use std::os::fd::{AsRawFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// The natives of this family.
pub(crate) const OPS: &[Op] = &[
    Op::new("watchOpen", open),
    Op::new("watchRef", set_referenced),
    Op::new("watchClose", close),
];

/// Directories of one recursive watch. The system's own limit is per user.
const MOST_DIRECTORIES: usize = 100_000;
/// Bytes of events read at a time: some hundred.
const EVENTS: usize = 16 * 1024;

/// One watcher.
struct Watch {
    fd: OwnedFd,
    root: PathBuf,
    recursive: bool,
    /// Paths below the root by watch descriptor.
    directories: RefCell<HashMap<i32, PathBuf>>,
    /// A file is watched: events carry no name.
    file_name: Option<String>,
    listener: GlobalValue,
    source: Cell<Option<SourceId>>,
    keep_alive: RefCell<Option<KeepAlive>>,
    key: Cell<usize>,
}

#[derive(Default)]
struct Watches {
    open: RefCell<Slab<Rc<Watch>>>,
}

fn wanted() -> WatchFlags {
    WatchFlags::ATTRIB
        | WatchFlags::CREATE
        | WatchFlags::MODIFY
        | WatchFlags::DELETE
        | WatchFlags::DELETE_SELF
        | WatchFlags::MOVE_SELF
        | WatchFlags::MOVED_FROM
        | WatchFlags::MOVED_TO
}

/// `watchOpen(path, recursive, listener) -> id`; `listener("rename" | "change", name)`.
#[expect(clippy::cast_precision_loss, reason = "a slab index is small")]
fn open<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let (path, recursive) = (cx.string(0)?, cx.boolean(1));
    let listener = GlobalValue::new(cx.function(2)?);
    let failed = |error: rustix::io::Errno| failed_at(error, "watch", &path);
    let fd = inotify::init(CreateFlags::CLOEXEC | CreateFlags::NONBLOCK).map_err(failed)?;
    let root = PathBuf::from(&path);
    let is_file = !rustix::fs::stat(&path)
        .map(|stat| rustix::fs::FileType::from_raw_mode(stat.st_mode).is_dir())
        .map_err(failed)?;
    let file_name = is_file.then(|| {
        root.file_name()
            .map_or_else(String::new, |name| name.to_string_lossy().into_owned())
    });
    let watch = Rc::new(Watch {
        fd,
        root,
        recursive: recursive && !is_file,
        directories: RefCell::default(),
        file_name,
        listener,
        source: Cell::new(None),
        keep_alive: RefCell::new(Some(cx.runtime().event_loop().keep_alive())),
        key: Cell::new(0),
    });
    watch.add(Path::new("")).map_err(failed)?;
    let source = cx
        .runtime()
        .event_loop()
        .register(
            watch.fd.as_raw_fd(),
            Interest::READ,
            Rc::<Watch>::clone(&watch),
        )
        .map_err(|error| failed(crate::support::errno_of(&error)))?;
    watch.source.set(Some(source));
    let key = cx
        .runtime()
        .state::<Watches>()
        .open
        .borrow_mut()
        .insert(Rc::clone(&watch));
    watch.key.set(key);
    Ok(cx.make_number(key as f64))
}

/// `watchRef(id, referenced)`.
fn set_referenced<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let (key, referenced): (usize, bool) = (cx.integer(0)?, cx.boolean(1));
    if let Some(watch) = cx.runtime().state::<Watches>().open.borrow().get(key) {
        *watch.keep_alive.borrow_mut() = referenced.then(|| cx.runtime().event_loop().keep_alive());
    }
    Ok(cx.undefined())
}

/// `watchClose(id)`. Closing twice is allowed.
fn close<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let key: usize = cx.integer(0)?;
    let closed = cx
        .runtime()
        .state::<Watches>()
        .open
        .borrow_mut()
        .try_remove(key);
    if let Some(watch) = closed {
        if let Some(source) = watch.source.take() {
            cx.runtime().event_loop().deregister(source);
        }
        watch.keep_alive.borrow_mut().take();
    }
    Ok(cx.undefined())
}

impl Watch {
    /// Watches a path below the root, and what is below it when the watch is recursive.
    fn add(&self, below: &Path) -> Result<(), rustix::io::Errno> {
        let mut pending = vec![below.to_path_buf()];
        while let Some(below) = pending.pop() {
            if self.directories.borrow().len() >= MOST_DIRECTORIES {
                return Err(rustix::io::Errno::NOSPC);
            }
            let path = if below.as_os_str().is_empty() {
                self.root.clone()
            } else {
                self.root.join(&below)
            };
            let descriptor = match inotify::add_watch(&self.fd, &path, wanted()) {
                Ok(descriptor) => descriptor,
                // A directory that is gone again.
                Err(_) if !below.as_os_str().is_empty() => continue,
                Err(error) => return Err(error),
            };
            self.directories
                .borrow_mut()
                .insert(descriptor, below.clone());
            if self.recursive {
                let entries = std::fs::read_dir(&path).into_iter().flatten().flatten();
                let directories =
                    entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()));
                pending.extend(directories.map(|entry| below.join(entry.file_name())));
            }
        }
        Ok(())
    }

    /// The events that are there: whether a name appeared or went, and the name.
    fn read(&self) -> Vec<(bool, String)> {
        let mut buffer = [MaybeUninit::uninit(); EVENTS];
        let mut reader = inotify::Reader::new(&self.fd, &mut buffer);
        let mut found = Vec::new();
        while let Ok(event) = reader.next() {
            let Some(below) = self.directories.borrow().get(&event.wd()).cloned() else {
                continue;
            };
            let flags = event.events();
            if flags.contains(ReadFlags::IGNORED) {
                self.directories.borrow_mut().remove(&event.wd());
                continue;
            }
            let renamed = !flags.intersects(ReadFlags::ATTRIB | ReadFlags::MODIFY);
            let path = match (event.file_name(), &self.file_name) {
                (Some(name), _) => below.join(name.to_string_lossy().as_ref()),
                (None, Some(name)) => PathBuf::from(name),
                (None, None) => self
                    .root
                    .file_name()
                    .map_or_else(PathBuf::new, PathBuf::from),
            };
            if self.recursive
                && flags.contains(ReadFlags::ISDIR)
                && flags.intersects(ReadFlags::CREATE | ReadFlags::MOVED_TO)
            {
                // A directory that cannot be watched is reported like a file.
                let _ = self.add(&path);
            }
            found.push((renamed, path.to_string_lossy().into_owned()));
            if reader.is_buffer_empty() {
                break;
            }
        }
        found
    }
}

impl Source for Watch {
    fn ready(&self, _scope: Scope<'_>, _readiness: Readiness) {
        let runtime = Runtime::current();
        let events = self.read();
        for (renamed, name) in events {
            // Closed by the listener.
            if self.source.get().is_none() {
                return;
            }
            runtime.turn(|scope| {
                let kind = scope.string(if renamed { "rename" } else { "change" });
                self.listener
                    .get(scope)
                    .call(&[kind, scope.string(&name)])?;
                Ok(())
            });
        }
    }
}
