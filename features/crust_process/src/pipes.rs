//! Descriptors on the event loop: standard input and the pipes to children. A pipe reads only while it
//! is asked to and writes in the background what the kernel does not take at once. Opens nothing.

use crate::system::borrow;
use crust_core::{
    Call, GlobalValue, Interest, KeepAlive, Op, OpError, OpResult, Readiness, Runtime, Scope,
    Source, SourceId,
};
use rustix::io::Errno;
use slab::Slab;
use std::cell::{Cell, RefCell};
use std::os::fd::{FromRawFd, OwnedFd};
use std::rc::Rc;

/// The natives of this family.
pub(crate) const OPS: &[Op] = &[
    Op::new("pipeOpen", open),
    Op::new("pipeRead", read),
    Op::new("pipeWrite", write),
    Op::new("pipeRef", set_referenced),
    Op::new("pipeClose", close),
];

/// Bytes read at a time, the default capacity of a pipe.
const CHUNK: usize = 64 * 1024;

/// Bytes the kernel has not taken yet, and who is told when it has.
struct Pending {
    bytes: Vec<u8>,
    written: usize,
    done: GlobalValue,
}

/// One open descriptor.
pub(crate) struct Pipe {
    fd: i32,
    /// Set when closing is ours.
    owned: RefCell<Option<OwnedFd>>,
    /// `(chunk: Uint8Array | null, error?) => void`.
    on_chunk: Option<GlobalValue>,
    source: Cell<Option<SourceId>>,
    reading: Cell<bool>,
    /// Regular files cannot be polled: a thread reads them.
    polled: Cell<bool>,
    busy: Cell<bool>,
    referenced: Cell<bool>,
    keep_alive: RefCell<Option<KeepAlive>>,
    pending: RefCell<Option<Pending>>,
    key: Cell<usize>,
}

/// Every open pipe of a runtime.
#[derive(Default)]
pub(crate) struct Pipes {
    open: RefCell<Slab<Rc<Pipe>>>,
}

fn find(cx: &Call<'_>) -> Result<Rc<Pipe>, OpError> {
    let key: usize = cx
        .integer(0)
        .map_err(|_| OpError::range_error("not a pipe"))?;
    let pipes = cx.runtime().state::<Pipes>();
    let pipe = pipes.open.borrow().get(key).cloned();
    pipe.ok_or_else(|| OpError::from_io(&Errno::BADF.into(), "read", None))
}

/// Takes a descriptor; `owned` closes it when the pipe is closed and makes it non-blocking.
pub(crate) fn adopt(
    runtime: &Runtime,
    fd: i32,
    owned: Option<OwnedFd>,
    on_chunk: Option<GlobalValue>,
) -> usize {
    if owned.is_some() {
        // A descriptor that cannot be non-blocking still works, one read at a time.
        let _ = rustix::io::ioctl_fionbio(borrow(fd), true);
    }
    let pipe = Rc::new(Pipe {
        fd,
        owned: RefCell::new(owned),
        on_chunk,
        source: Cell::new(None),
        reading: Cell::new(false),
        polled: Cell::new(true),
        busy: Cell::new(false),
        referenced: Cell::new(true),
        keep_alive: RefCell::new(None),
        pending: RefCell::new(None),
        key: Cell::new(0),
    });
    let pipes = runtime.state::<Pipes>();
    let key = pipes.open.borrow_mut().insert(Rc::clone(&pipe));
    pipe.key.set(key);
    key
}

/// `pipeOpen(fd, owned, onChunk?) -> id`.
#[expect(clippy::cast_precision_loss, reason = "a slab index is small")]
fn open<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let fd = cx.integer(0)?;
    let owned = cx.boolean(1).then(|| own(fd));
    let on_chunk = cx.value(2).is_function().then(|| cx.global(2));
    Ok(cx.make_number(adopt(cx.runtime(), fd, owned, on_chunk) as f64))
}

#[expect(unsafe_code, reason = "JS hands over a descriptor by its number")]
fn own(fd: i32) -> OwnedFd {
    // SAFETY: the JS side passes only descriptors that a native of this crate opened for it.
    unsafe { OwnedFd::from_raw_fd(fd) }
}

/// `pipeRead(id, reading)`: starts or stops calling the listener with chunks.
fn read<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let pipe = find(cx)?;
    pipe.reading.set(cx.boolean(1));
    pipe.update(cx.runtime());
    Ok(cx.undefined())
}

/// `pipeWrite(id, bytes, done) -> written at once`. When it answers false, `done(error?)` is called
/// later. One write at a time.
fn write<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let pipe = find(cx)?;
    let done = GlobalValue::new(cx.function(2)?);
    let bytes = cx.bytes(1)?;
    let written = write_some(pipe.fd, bytes)
        .map_err(|error| OpError::from_io(&error.into(), "write", None))?;
    let rest = bytes.get(written..).unwrap_or_default().to_vec();
    if rest.is_empty() {
        return Ok(cx.make_bool(true));
    }
    *pipe.pending.borrow_mut() = Some(Pending {
        bytes: rest,
        written: 0,
        done,
    });
    pipe.update(cx.runtime());
    Ok(cx.make_bool(false))
}

/// Writes until the kernel takes no more.
fn write_some(fd: i32, bytes: &[u8]) -> Result<usize, Errno> {
    let mut written = 0;
    while let Some(rest) = bytes.get(written..).filter(|rest| !rest.is_empty()) {
        match rustix::io::write(borrow(fd), rest) {
            Ok(count) => written += count,
            Err(Errno::INTR) => {}
            Err(Errno::AGAIN) => break,
            Err(error) => return Err(error),
        }
    }
    Ok(written)
}

/// `pipeRef(id, referenced)`: whether reading keeps the process alive.
fn set_referenced<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let pipe = find(cx)?;
    pipe.referenced.set(cx.boolean(1));
    pipe.update(cx.runtime());
    Ok(cx.undefined())
}

/// `pipeClose(id)`. Closing twice is allowed.
fn close<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    if let Ok(pipe) = find(cx) {
        pipe.close(cx.runtime());
    }
    Ok(cx.undefined())
}

impl Pipe {
    fn interest(&self) -> Interest {
        Interest {
            readable: self.reading.get(),
            writable: self.pending.borrow().is_some(),
            edge: false,
        }
    }

    /// Brings registration and keep-alive in line with what is wanted.
    fn update(self: &Rc<Self>, runtime: &Runtime) {
        let interest = self.interest();
        let active = interest.readable || interest.writable;
        let alive = active && (self.referenced.get() || interest.writable);
        let mut keep_alive = self.keep_alive.borrow_mut();
        if alive != keep_alive.is_some() {
            *keep_alive = alive.then(|| runtime.event_loop().keep_alive());
        }
        drop(keep_alive);
        match self.source.get() {
            Some(id) if active => drop(runtime.event_loop().modify(id, interest)),
            Some(id) => {
                runtime.event_loop().deregister(id);
                self.source.set(None);
            }
            None if active && self.polled.get() => {
                let source: Rc<dyn Source> = Rc::<Self>::clone(self);
                match runtime.event_loop().register(self.fd, interest, source) {
                    Ok(id) => self.source.set(Some(id)),
                    Err(_) => self.polled.set(false),
                }
            }
            None => {}
        }
        if !self.polled.get() && self.reading.get() {
            self.read_in_background(runtime);
        }
    }

    fn close(&self, runtime: &Runtime) {
        if let Some(id) = self.source.take() {
            runtime.event_loop().deregister(id);
        }
        self.reading.set(false);
        self.keep_alive.borrow_mut().take();
        self.pending.borrow_mut().take();
        runtime
            .state::<Pipes>()
            .open
            .borrow_mut()
            .try_remove(self.key.get());
        self.owned.borrow_mut().take();
    }

    /// Reads one chunk on a thread, for descriptors that are always ready (files).
    fn read_in_background(self: &Rc<Self>, runtime: &Runtime) {
        if self.busy.replace(true) {
            return;
        }
        let pipe = Rc::clone(self);
        let completion = runtime.event_loop().completion(move |_scope, outcome| {
            pipe.busy.set(false);
            if let Ok(outcome) = outcome.downcast::<Result<Vec<u8>, Errno>>() {
                let ended = !matches!(&*outcome, Ok(bytes) if !bytes.is_empty());
                pipe.deliver(*outcome);
                if !ended {
                    pipe.update(Runtime::current());
                }
            }
        });
        let fd = self.fd;
        crust_core::background::spawn(move || completion.complete(Box::new(read_chunk(fd))));
    }

    /// Calls the listener: a chunk, the end as `null`, or an error.
    fn deliver(self: &Rc<Self>, outcome: Result<Vec<u8>, Errno>) {
        let runtime = Runtime::current();
        let Some(listener) = self.on_chunk.clone() else {
            return;
        };
        if !matches!(&outcome, Ok(bytes) if !bytes.is_empty()) {
            self.reading.set(false);
            self.update(runtime);
        }
        runtime.turn(|scope| {
            let arguments = match outcome {
                Ok(bytes) if bytes.is_empty() => [scope.null(), scope.undefined()],
                Ok(bytes) => [scope.uint8_array(bytes)?, scope.undefined()],
                Err(error) => [
                    scope.null(),
                    OpError::from_io(&error.into(), "read", None).to_js(scope),
                ],
            };
            listener.get(scope).call(&arguments)?;
            Ok(())
        });
    }

    fn continue_write(self: &Rc<Self>) {
        let runtime = Runtime::current();
        let Some(mut pending) = self.pending.borrow_mut().take() else {
            return;
        };
        let outcome = write_some(
            self.fd,
            pending.bytes.get(pending.written..).unwrap_or_default(),
        );
        if let Ok(count) = outcome {
            pending.written += count;
            if pending.written < pending.bytes.len() {
                *self.pending.borrow_mut() = Some(pending);
                return;
            }
        }
        self.update(runtime);
        runtime.turn(|scope| {
            let error = match outcome {
                Ok(_) => scope.null(),
                Err(error) => OpError::from_io(&error.into(), "write", None).to_js(scope),
            };
            pending.done.get(scope).call(&[error])?;
            Ok(())
        });
    }
}

/// One read; an interrupted one is repeated.
fn read_chunk(fd: i32) -> Result<Vec<u8>, Errno> {
    let mut bytes = Vec::with_capacity(CHUNK);
    loop {
        match rustix::io::read(borrow(fd), rustix::buffer::spare_capacity(&mut bytes)) {
            Ok(count) => {
                // Small chunks live as long as the program keeps them.
                if count < CHUNK / 2 {
                    bytes.shrink_to_fit();
                }
                return Ok(bytes);
            }
            Err(Errno::INTR) => {}
            // The other side of a pseudo terminal is gone: the end.
            Err(Errno::IO) => return Ok(Vec::new()),
            Err(error) => return Err(error),
        }
    }
}

impl Source for Pipe {
    fn ready(&self, _scope: Scope<'_>, readiness: Readiness) {
        let runtime = Runtime::current();
        let pipes = runtime.state::<Pipes>();
        // Closed by another callback of the same turn.
        let Some(pipe) = pipes.open.borrow().get(self.key.get()).cloned() else {
            return;
        };
        if !std::ptr::eq(pipe.as_ref(), self) {
            return;
        }
        if readiness.writable {
            pipe.continue_write();
        }
        if readiness.readable && pipe.reading.get() {
            match read_chunk(pipe.fd) {
                Err(Errno::AGAIN) => {}
                outcome => pipe.deliver(outcome),
            }
        }
    }
}
