//! The native that reads a whole file, or a part of one, in one go.

use crate::embedded;
use crate::place::{Opened, Place};
use crate::support::{failed_at, retry, run, settle_later};
use crust_core::{Call, Op, OpError, OpResult, Scope, TextAllocator, TextBuffer, Utf8Text};
use rustix::fs::{self, Mode, OFlags};
use rustix::io::{Errno, ReadWriteFlags};
use std::io::IoSliceMut;
use std::mem::MaybeUninit;

/// The natives of this family.
pub(crate) const OPS: &[Op] = &[Op::new("readWhole", read_whole)];

/// Room for files whose size the system does not tell (procfs, pipes).
const UNKNOWN_SIZE: usize = 64 * 1024;
/// Bytes read and converted at once.
const PIECE: usize = 128 * 1024;
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";
/// The engine's longest string, and more than its buffers hold.
const LONGEST: u64 = 0x7fff_ffff;

/// What a file's bytes become.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Bytes,
    Text,
    /// Text without a byte order mark.
    Document,
    Latin1,
}

/// `readWhole(async, path | fd, form, start, end | -1, flags)`: 0 bytes, 1 text, 2 document, 3 Latin-1.
fn read_whole<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let place = Place::read(cx, 1)?;
    let form = match cx.integer(2)? {
        0 => Form::Bytes,
        1 => Form::Text,
        2 => Form::Document,
        _ => Form::Latin1,
    };
    let (start, end): (u64, i64) = (cx.integer(3)?, cx.integer(4)?);
    let flags = if cx.value(5).is_undefined() {
        OFlags::RDONLY
    } else {
        OFlags::from_bits_retain(cx.integer(5)?)
    };
    if cx.boolean(0)
        && let Place::Path(path) = &place
        && let Some(outcome) = read_cached(path, flags, start, end)
    {
        return settle_later(cx, outcome, move |scope, bytes| {
            to_js(scope, Content::Bytes(bytes), form)
        });
    }
    let allocator = if form == Form::Bytes {
        None
    } else {
        cx.scope().text_allocator()
    };
    run(
        cx,
        move || {
            let file = place.open(flags, 0o666)?;
            read_all(&file, start, u64::try_from(end).ok(), allocator, form)
                .map_err(|error| place.fail(error, "read"))
        },
        move |scope, content| to_js(scope, content, form),
    )
}

/// Reads a small file that is in the page cache without the detour over another thread. `None` when
/// reading could wait for a disk or a peer.
fn read_cached(
    path: &str,
    flags: OFlags,
    start: u64,
    end: i64,
) -> Option<Result<Vec<u8>, OpError>> {
    if start > 0 || end >= 0 || flags != OFlags::RDONLY {
        return None;
    }
    // Without `NONBLOCK` the opening of a named pipe waits for its writer.
    let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK;
    let file = match embedded::open(path, flags, Mode::empty()) {
        Ok(file) => file,
        Err(error) => return Some(Err(failed_at(error, "open", path))),
    };
    let stat = fs::fstat(&file).ok()?;
    let size = usize::try_from(stat.st_size).ok()?;
    if !fs::FileType::from_raw_mode(stat.st_mode).is_file() || !(1..IN_PLACE).contains(&size) {
        return None;
    }
    // One byte more than the file has shows its end.
    let mut bytes = vec![0; size + 1];
    let mut room = [IoSliceMut::new(&mut bytes)];
    let read = rustix::io::preadv2(&file, &mut room, 0, ReadWriteFlags::NOWAIT).ok()?;
    bytes.truncate(read);
    (read == size).then_some(Ok(bytes))
}

/// What was read.
enum Content {
    Bytes(Vec<u8>),
    /// Characters that are where the engine wants them.
    Latin1(TextBuffer<u8>),
    Text(Utf8Text),
}

fn to_js(scope: Scope<'_>, content: Content, form: Form) -> OpResult<'_> {
    let bytes = match content {
        Content::Bytes(bytes) => bytes,
        Content::Latin1(buffer) => return Ok(buffer.into_value(scope)),
        Content::Text(text) => return Ok(text.into_value(scope)),
    };
    match form {
        Form::Bytes => Ok(scope.uint8_array(bytes)?),
        Form::Latin1 => Ok(scope.string_latin1(&bytes)),
        Form::Text => Ok(scope.string_utf8(&bytes)),
        Form::Document => {
            Ok(scope.string_utf8(bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&bytes)))
        }
    }
}

/// From this size on text is read to where its string will be; less is as quick to copy.
const IN_PLACE: usize = 64 * 1024;
/// From this size on huge pages are worth asking for: some ten of them instead of thousands of faults.
const HUGE: usize = 16 * 1024 * 1024;

/// Asks the kernel for huge pages under a large buffer that is about to be filled. Only a hint.
#[expect(unsafe_code, reason = "advice about memory of ours")]
fn prefer_huge_pages(buffer: &mut [MaybeUninit<u8>]) {
    if buffer.len() < HUGE {
        return;
    }
    let page = rustix::param::page_size();
    let start = buffer
        .as_mut_ptr()
        .map_addr(|address| address.next_multiple_of(page));
    let length = (buffer.len() - page) / page * page;
    // SAFETY: the range lies within the buffer, and the advice changes no contents.
    let _ = unsafe { rustix::mm::madvise(start.cast(), length, rustix::mm::Advice::LinuxHugepage) };
}

/// Reads from `start` to `end` or the end of the file.
fn read_all(
    file: &Opened<'_>,
    start: u64,
    end: Option<u64>,
    allocator: Option<TextAllocator>,
    form: Form,
) -> Result<Content, Errno> {
    let stat = fs::fstat(file)?;
    if fs::FileType::from_raw_mode(stat.st_mode).is_dir() {
        return Err(Errno::ISDIR);
    }
    if start > 0 {
        fs::seek(file, fs::SeekFrom::Start(start))?;
    }
    let limit = end
        .map_or(LONGEST, |end| end.saturating_sub(start))
        .min(LONGEST);
    let size = u64::try_from(stat.st_size)
        .unwrap_or_default()
        .saturating_sub(start)
        .min(limit);
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let size = usize::try_from(size).unwrap_or(usize::MAX);
    if size >= IN_PLACE
        && let Some(allocator) = allocator
    {
        // A descriptor may stand anywhere.
        let begin = fs::tell(file)?;
        let content = read_in_place(file, size, allocator, form)?;
        let is_all = size == limit || !has_more(file)?;
        if let Some(content) = content.filter(|_| is_all) {
            return Ok(content);
        }
        // The file grew meanwhile.
        fs::seek(file, fs::SeekFrom::Start(begin))?;
    }
    let mut bytes = Vec::new();
    read_rest(file, &mut bytes, size, limit)?;
    Ok(Content::Bytes(bytes))
}

/// Reads `size` bytes to where their string will be, or all there are. `None` without such a place.
fn read_in_place(
    file: &Opened<'_>,
    size: usize,
    allocator: TextAllocator,
    form: Form,
) -> Result<Option<Content>, Errno> {
    if form != Form::Latin1 {
        let text = read_text(file, size, allocator, form == Form::Document)?;
        return Ok(text.map(Content::Text));
    }
    let Some(mut buffer) = allocator.allocate::<u8>(size) else {
        return Ok(None);
    };
    prefer_huge_pages(buffer.spare());
    while !buffer.is_full() && buffer.fill(|room| read_into(file, room))? > 0 {}
    Ok(Some(Content::Latin1(buffer)))
}

fn has_more(file: &Opened<'_>) -> Result<bool, Errno> {
    Ok(retry(|| rustix::io::read(file, &mut [0]))? > 0)
}

/// Reads UTF-8 and converts it piece by piece, while each is in the processor's cache.
fn read_text(
    file: &Opened<'_>,
    size: usize,
    allocator: TextAllocator,
    strip_mark: bool,
) -> Result<Option<Utf8Text>, Errno> {
    let Some(mut text) = Utf8Text::new(allocator, size) else {
        return Ok(None);
    };
    prefer_huge_pages(text.spare());
    let mut piece = vec![0; PIECE];
    let (mut left, mut is_first) = (size, true);
    while left > 0 {
        let length = left.min(PIECE);
        let filled = fill(file, piece.get_mut(..length).unwrap_or_default())?;
        let mut bytes = piece.get(..filled).unwrap_or_default();
        if strip_mark && is_first {
            bytes = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes);
        }
        is_first = false;
        if !text.push(bytes) {
            return Ok(None);
        }
        left -= filled;
        if filled < length {
            break;
        }
    }
    Ok(text.finish().then_some(text))
}

/// Reads until the buffer is full or the file ends.
fn fill(file: &Opened<'_>, buffer: &mut [u8]) -> Result<usize, Errno> {
    let mut filled = 0;
    while let Some(room) = buffer.get_mut(filled..).filter(|room| !room.is_empty()) {
        let read = retry(|| rustix::io::read(file, &mut *room))?;
        if read == 0 {
            break;
        }
        filled += read;
    }
    Ok(filled)
}

/// One read, repeated when a signal interrupted it.
fn read_into<'b>(
    file: &Opened<'_>,
    room: &'b mut [MaybeUninit<u8>],
) -> Result<&'b mut [u8], Errno> {
    let count = retry(|| rustix::io::read(file, &mut *room).map(|(read, _)| read.len()))?;
    #[expect(unsafe_code, reason = "the kernel wrote them")]
    // SAFETY: the read above wrote the first `count` bytes of `room`.
    Ok(unsafe { std::slice::from_raw_parts_mut(room.as_mut_ptr().cast(), count) })
}

/// Reads to the end of the file, `limit` bytes at most.
fn read_rest(
    file: &Opened<'_>,
    bytes: &mut Vec<u8>,
    size: usize,
    limit: usize,
) -> Result<(), Errno> {
    // One byte more than the file has shows its end without another allocation.
    let room = if size == 0 {
        UNKNOWN_SIZE
    } else {
        size.saturating_add(1)
    };
    let missing = room.min(limit).saturating_sub(bytes.len());
    bytes.try_reserve_exact(missing).map_err(|_| Errno::NOMEM)?;
    prefer_huge_pages(bytes.spare_capacity_mut());
    while bytes.len() < limit {
        if bytes.len() == bytes.capacity() {
            bytes.try_reserve(UNKNOWN_SIZE).map_err(|_| Errno::NOMEM)?;
        }
        let read = retry(|| rustix::io::read(file, rustix::buffer::spare_capacity(bytes)))?;
        if read == 0 {
            break;
        }
    }
    bytes.truncate(limit);
    if bytes.capacity() > bytes.len() + UNKNOWN_SIZE / 2 {
        bytes.shrink_to_fit();
    }
    Ok(())
}
