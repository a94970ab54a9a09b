//! `error.stack`: the engine's frames in the format that programs parse, at positions in the
//! original sources. Frames of builtin modules and of the module system are left out. Calls into JS
//! only for a program that set `Error.prepareStackTrace`.

pub(crate) mod sources;

use crate::runtime::Runtime;
use crust_transpile::ColumnMap;
use jsc::{Exception, RawStack, Value};
use rustc_hash::FxHashMap;
use std::cell::{Cell, RefCell};
use std::fmt::Write;
use std::rc::Rc;

/// One frame at its original position.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// Empty for module code and anonymous functions.
    pub function: String,
    /// A path, URL or `native`.
    pub file: String,
    /// One-based; 0 when unknown.
    pub line: u32,
    /// One-based; 0 when unknown.
    pub column: u32,
}

/// A script whose columns differ from its source's.
struct Mapped {
    columns: ColumnMap,
}

thread_local! {
    static PREPARES: Cell<bool> = const { Cell::new(false) };
    static SCRIPTS: RefCell<FxHashMap<String, Rc<Mapped>>> = RefCell::default();
}

/// Remembers how to map the columns of a script.
pub(crate) fn register(url: &str, columns: ColumnMap) {
    if columns.is_identity() {
        return;
    }
    SCRIPTS.with_borrow_mut(|scripts| scripts.insert(url.to_owned(), Rc::new(Mapped { columns })));
}

/// The one-based column in the source, moved from the end of the name that the engine reports (`f` in
/// `f()`) to its start.
fn original_column(file: &str, line: u32, column: u32) -> u32 {
    let (line, column) = (line.saturating_sub(1), column.saturating_sub(1));
    let column = SCRIPTS.with_borrow(|scripts| {
        scripts
            .get(file)
            .map_or(column, |script| script.columns.original(line, column))
    });
    word_start(file, line, column) + 1
}

fn word_start(file: &str, line: u32, column: u32) -> u32 {
    let Some(text) = sources::line(file, line) else {
        return column;
    };
    let units: Vec<u16> = text.encode_utf16().take(column as usize).collect();
    if units.len() < column as usize {
        return column;
    }
    let name = units
        .iter()
        .rev()
        .take_while(|unit| is_name_unit(**unit))
        .count();
    column - u32::try_from(name).unwrap_or(0)
}

/// A code unit of an identifier; anything beyond ASCII counts.
fn is_name_unit(unit: u16) -> bool {
    u8::try_from(unit).map_or(true, |byte| {
        byte >= 0x80 || byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$' | b'#')
    })
}

/// `stack` of an error at the moment it is first read.
pub(crate) fn format<'s>(error: Value<'s>, raw: &RawStack<'_>) -> Value<'s> {
    let frames = without_constructors(error, raw.frames);
    if PREPARES.get()
        && let Ok(prepared) = prepare(error, raw.header, frames)
    {
        return prepared;
    }
    error.scope().string(&text(raw.header, frames))
}

/// The frames below the constructors of the error's own class, which say nothing of where it was made.
fn without_constructors<'r>(error: Value<'_>, frames: &'r str) -> &'r str {
    // Few errors are made by a function with the name of a class: the others are not looked at.
    let named_as_class = |frames: &str| {
        let first = frames.bytes().next();
        first.is_some_and(|byte| byte != b'@' && byte != b'[' && !byte.is_ascii_lowercase())
    };
    if !named_as_class(frames) {
        return frames;
    }
    let names = Runtime::current()
        .core_function(error.scope(), "constructorNames")
        .call(&[error])
        .and_then(Value::to_text);
    let Ok(names) = names else {
        return frames;
    };
    below_constructors(frames, &names)
}

/// Drops the first frames as long as they have one of the names, which are one a line.
fn below_constructors<'r>(frames: &'r str, names: &str) -> &'r str {
    let mut rest = frames;
    while let Some((line, below)) = rest.split_once('\n') {
        let function = line.split_once('@').map_or("", |(function, _)| function);
        if function.is_empty() || !names.lines().any(|name| name == function) {
            break;
        }
        rest = below;
    }
    rest
}

/// The program has set `Error.prepareStackTrace`.
pub(crate) fn set_prepares(prepares: bool) {
    PREPARES.set(prepares);
}

/// What the program's `Error.prepareStackTrace` makes of the frames.
fn prepare<'s>(error: Value<'s>, header: &str, frames: &str) -> Result<Value<'s>, Exception<'s>> {
    let scope = error.scope();
    let prepare = Runtime::current().core_function(scope, "prepareStack");
    prepare.call(&[error, scope.string(header), scope.string(frames)])
}

/// Header, then one line per frame of the engine's.
pub(crate) fn text(header: &str, frames: &str) -> String {
    let mut text = header.to_owned();
    for frame in frames_of(frames) {
        write_frame(&mut text, &frame);
    }
    text
}

fn write_frame(text: &mut String, frame: &Frame) {
    let Frame {
        function,
        file,
        line,
        column,
    } = frame;
    // Writing to a string does not fail.
    let _ = match (function.is_empty(), *line) {
        (true, 0) => write!(text, "\n    at {file}"),
        (false, 0) => write!(text, "\n    at {function} ({file})"),
        (true, _) => write!(text, "\n    at {file}:{line}:{column}"),
        (false, _) => write!(text, "\n    at {function} ({file}:{line}:{column})"),
    };
}

/// Parses the engine's frames (`function@url:line:column`, one a line) and maps them.
///
/// An error inside a builtin that no program called keeps the builtin's frames: it is a bug of ours,
/// and they are all there is to find it by.
pub fn frames_of(raw: &str) -> Vec<Frame> {
    let frames = program_frames(raw);
    if frames.is_empty() {
        raw.lines().filter_map(builtin_frame).collect()
    } else {
        frames
    }
}

fn builtin_frame(line: &str) -> Option<Frame> {
    let (function, place) = line.split_once('@')?;
    let (file, line, column) = split_position(place)?;
    file.starts_with(INTERNAL).then(|| Frame {
        function: display_name(function),
        file: file.to_owned(),
        line,
        column,
    })
}

fn program_frames(raw: &str) -> Vec<Frame> {
    let mut frames: Vec<Frame> = Vec::new();
    for line in raw.lines() {
        match parse(line) {
            Parsed::Frame(frame) => frames.push(frame),
            // A builtin calls natives on its way: they belong to it.
            Parsed::Builtin => {
                while frames.last().is_some_and(|frame| frame.line == 0) {
                    frames.pop();
                }
            }
            Parsed::Nothing => {}
        }
    }
    while frames.last().is_some_and(|frame| frame.line == 0) {
        frames.pop();
    }
    frames
}

enum Parsed {
    Frame(Frame),
    Builtin,
    Nothing,
}

const NATIVE: &str = "[native code]";
const INTERNAL: &str = "crust:";
/// Agents of packages (agent-base and all that build on it) look for this module in the stack to learn
/// whether a request is one of `https`: it is the one builtin that shows.
const HTTPS: &str = "crust:node/https:";

fn parse(line: &str) -> Parsed {
    let Some((function, place)) = line.split_once('@') else {
        return if line == NATIVE || line.is_empty() {
            Parsed::Nothing
        } else {
            Parsed::Frame(native(line))
        };
    };
    if place == NATIVE {
        return Parsed::Frame(native(function));
    }
    let is_shown = function == "request" && place.starts_with(HTTPS);
    if place.starts_with(INTERNAL) && !is_shown {
        return Parsed::Builtin;
    }
    let Some((file, line, column)) = split_position(place) else {
        return Parsed::Nothing;
    };
    let file = if is_shown { "node:https" } else { file }.to_owned();
    Parsed::Frame(Frame {
        function: display_name(function),
        column: original_column(&file, line, column),
        line,
        file,
    })
}

fn native(function: &str) -> Frame {
    Frame {
        function: display_name(function),
        file: "native".to_owned(),
        line: 0,
        column: 0,
    }
}

/// The engine's words for code outside functions are no names.
fn display_name(function: &str) -> String {
    match function {
        "global code" | "module code" | "eval code" | "anonymous" => String::new(),
        name => name.to_owned(),
    }
}

/// `url:line:column` or `url:line`.
fn split_position(place: &str) -> Option<(&str, u32, u32)> {
    let (rest, last) = place.rsplit_once(':')?;
    let last: u32 = last.parse().ok()?;
    if let Some((file, line)) = rest.rsplit_once(':')
        && let Ok(line) = line.parse()
    {
        return Some((file, line, last));
    }
    Some((rest, last, 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(raw: &str, expect: &str) {
        let stack = text("Error: x", raw);
        assert_eq!(stack, format!("Error: x{expect}"));
    }

    #[test]
    fn frames_in_the_programs_format() {
        check(
            "f@/a/b.ts:3:7\n@/a/b.ts:9:1",
            "\n    at f (/a/b.ts:3:7)\n    at /a/b.ts:9:1",
        );
        check(
            "map@[native code]\n@/node_modules/@s/x.js:1:2",
            "\n    at map (native)\n    at /node_modules/@s/x.js:1:2",
        );
    }

    #[test]
    fn of_builtins_only_the_requests_of_https_show() {
        check(
            "f@/a.ts:1:2\nnew@crust:node/internal/http/client:3:4\nrequest@crust:node/https:5:6\nget@crust:node/https:7:8",
            "\n    at f (/a.ts:1:2)\n    at request (node:https:5:6)",
        );
    }

    #[test]
    fn constructors_are_left_out() {
        let frames = "A@/a.ts:1:2\nB@/a.ts:3:4\nA@[native code]\nf@/a.ts:5:6\nA@/a.ts:7:8";
        let below = |names| below_constructors(frames, names);
        assert_eq!(below("B\nA"), "f@/a.ts:5:6\nA@/a.ts:7:8");
        assert_eq!(below("B"), frames);
        assert_eq!(below(""), frames);
        assert_eq!(below_constructors("A@/a.ts:1:2", "A"), "A@/a.ts:1:2");
    }

    #[test]
    fn builtin_frames_are_left_out() {
        check(
            "f@/a.ts:1:2\nrun@[native code]\nstep@crust:core/bootstrap:9:9\n[native code]",
            "\n    at f (/a.ts:1:2)",
        );
    }
}
