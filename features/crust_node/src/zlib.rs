//! Natives of `node:zlib` over [`crate::codec`].

use crate::codec::{self, Codec, CodecError, Kind, Mode, Settings};
use crust_core::{Call, Op, OpError, OpResult, Throw};
use slab::Slab;
use std::cell::RefCell;

/// The natives of this family.
pub(crate) const OPS: &[Op] = &[
    Op::new("codecOpen", open),
    Op::new("codecRun", run),
    Op::new("codecClose", close),
    Op::new("codecWhole", whole),
    Op::new("codecWholeAsync", whole_async),
    Op::new("crc32", crc32),
];

thread_local! {
    // JS closes each with its stream, or when that is collected.
    static OPEN: RefCell<Slab<Box<dyn Codec>>> = const { RefCell::new(Slab::new()) };
}

/// The most that one array buffer holds.
const MAX_OUTPUT: usize = 1 << 32;

fn thrown(error: &CodecError) -> OpError {
    OpError::error(error.to_string())
}

fn kind<'s>(cx: &Call<'s>) -> Result<Kind, Throw<'s>> {
    Ok(Kind::named(&cx.string(0)?).ok_or_else(|| OpError::type_error("unknown compression"))?)
}

fn dictionary<'s>(cx: &Call<'s>, index: usize) -> Result<Option<Vec<u8>>, Throw<'s>> {
    if cx.value(index).is_nullish() {
        Ok(None)
    } else {
        Ok(Some(cx.bytes(index)?.to_vec()))
    }
}

/// `codecOpen(kind, level, windowBits, quality, strict, dictionary?)`: a handle.
#[expect(clippy::cast_precision_loss, reason = "handles are small")]
fn open<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let settings = Settings {
        level: cx.integer(1)?,
        window_bits: cx.integer(2)?,
        quality: cx.integer(3)?,
        partial: !cx.boolean(4),
        dictionary: dictionary(cx, 5)?,
    };
    let codec = codec::open(kind(cx)?, &settings);
    Ok(cx.make_number(OPEN.with_borrow_mut(|open| open.insert(codec)) as f64))
}

/// `codecRun(handle, bytes, mode)`: what came out. Mode 0 is more to come, 1 flush, 2 finish.
fn run<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let handle = cx.integer::<usize>(0)?;
    let mode = match cx.integer::<u8>(2)? {
        0 => Mode::More,
        1 => Mode::Flush,
        _ => Mode::Finish,
    };
    let input = cx.bytes(1)?;
    let mut out = Vec::new();
    OPEN.with_borrow_mut(|open| match open.get_mut(handle) {
        Some(codec) => codec
            .run(input, mode, &mut out, MAX_OUTPUT)
            .map_err(|error| thrown(&error)),
        None => Err(OpError::error("zlib binding closed").code("ERR_STREAM_DESTROYED")),
    })?;
    cx.make_bytes(out)
}

/// `codecClose(handle)`.
fn close<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let handle = cx.integer::<usize>(0)?;
    OPEN.with_borrow_mut(|open| open.try_remove(handle));
    Ok(cx.undefined())
}

/// The arguments of the next two: `(kind, bytes, level, windowBits, quality, maxOutput, partial, dictionary?)`.
fn whole_settings<'s>(cx: &Call<'s>) -> Result<(Kind, Settings, usize), Throw<'s>> {
    let settings = Settings {
        level: cx.integer(2)?,
        window_bits: cx.integer(3)?,
        quality: cx.integer(4)?,
        partial: cx.boolean(6),
        dictionary: dictionary(cx, 7)?,
    };
    Ok((kind(cx)?, settings, cx.integer::<usize>(5)?.min(MAX_OUTPUT)))
}

/// The whole input at once.
fn whole<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let (kind, settings, limit) = whole_settings(cx)?;
    let out = codec::whole(kind, &settings, cx.bytes(1)?, limit).map_err(|error| thrown(&error))?;
    cx.make_bytes(out)
}

/// As `whole`, on a background thread; a promise.
fn whole_async<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let (kind, settings, limit) = whole_settings(cx)?;
    let input = cx.bytes(1)?.to_vec();
    cx.spawn_blocking(
        move || codec::whole(kind, &settings, &input, limit).map_err(|error| thrown(&error)),
        |scope, out| Ok(scope.uint8_array(out)?),
    )
}

/// `crc32(bytes, start)`.
fn crc32<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let mut hasher = crc32fast::Hasher::new_with_initial(cx.integer::<u32>(1)?);
    hasher.update(cx.bytes(0)?);
    Ok(cx.make_number(f64::from(hasher.finalize())))
}
