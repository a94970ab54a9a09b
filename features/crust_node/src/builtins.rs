//! The names under which programs import this feature's modules, and the globals they provide.

use crust_core::{Builtin, Global};

/// `node:<name>` → `crust:node/<name>`.
pub(crate) const BUILTINS: &[Builtin] = &[
    Builtin::new("node:buffer", "crust:node/buffer"),
    Builtin::new("node:events", "crust:node/events"),
    Builtin::new("node:os", "crust:node/os"),
    Builtin::new("node:path", "crust:node/path"),
    Builtin::new("node:path/posix", "crust:node/path/posix"),
    Builtin::new("node:path/win32", "crust:node/path/win32"),
    Builtin::new("node:punycode", "crust:node/punycode"),
    Builtin::new("node:querystring", "crust:node/querystring"),
    Builtin::new("node:stream", "crust:node/stream"),
    Builtin::new("node:stream/consumers", "crust:node/stream/consumers"),
    Builtin::new("node:stream/promises", "crust:node/stream/promises"),
    Builtin::new("node:string_decoder", "crust:node/string_decoder"),
    Builtin::new("node:sys", "crust:node/util"),
    Builtin::new("node:url", "crust:node/url"),
    Builtin::new("node:util", "crust:node/util"),
    Builtin::new("node:util/types", "crust:node/util/types"),
];

/// `Buffer` is the one global of Node's own.
pub(crate) const GLOBALS: &[Global] = &[Global::new("Buffer", "crust:node/buffer", "Buffer")];
