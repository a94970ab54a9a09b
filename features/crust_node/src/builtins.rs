//! The names under which programs import this feature's modules, and the globals they provide.

use crust_core::{Builtin, Global};

/// `node:<name>` → `crust:node/<name>`.
pub(crate) const BUILTINS: &[Builtin] = &[
    Builtin::new("node:_stream_duplex", "crust:node/_stream_duplex"),
    Builtin::new("node:_stream_passthrough", "crust:node/_stream_passthrough"),
    Builtin::new("node:_stream_readable", "crust:node/_stream_readable"),
    Builtin::new("node:_stream_transform", "crust:node/_stream_transform"),
    Builtin::new("node:_stream_writable", "crust:node/_stream_writable"),
    Builtin::new("node:assert", "crust:node/assert"),
    Builtin::new("node:assert/strict", "crust:node/assert/strict"),
    Builtin::new("node:async_hooks", "crust:node/async_hooks"),
    Builtin::new("node:buffer", "crust:node/buffer"),
    Builtin::new("node:cluster", "crust:node/cluster"),
    Builtin::new("node:constants", "crust:node/constants"),
    Builtin::new("node:crypto", "crust:node/crypto"),
    Builtin::new("node:diagnostics_channel", "crust:node/diagnostics_channel"),
    Builtin::new("node:domain", "crust:node/domain"),
    Builtin::new("node:events", "crust:node/events"),
    Builtin::new("node:http", "crust:node/http"),
    Builtin::new("node:http2", "crust:node/http2"),
    Builtin::new("node:https", "crust:node/https"),
    Builtin::new("node:inspector", "crust:node/inspector"),
    Builtin::new("node:inspector/promises", "crust:node/inspector/promises"),
    Builtin::new("node:module", "crust:node/module"),
    Builtin::new("node:os", "crust:node/os"),
    Builtin::new("node:path", "crust:node/path"),
    Builtin::new("node:path/posix", "crust:node/path/posix"),
    Builtin::new("node:path/win32", "crust:node/path/win32"),
    Builtin::new("node:punycode", "crust:node/punycode"),
    Builtin::new("node:querystring", "crust:node/querystring"),
    Builtin::new("node:readline", "crust:node/readline"),
    Builtin::new("node:readline/promises", "crust:node/readline/promises"),
    Builtin::new("node:repl", "crust:node/repl"),
    Builtin::new("node:stream", "crust:node/stream"),
    Builtin::new("node:stream/consumers", "crust:node/stream/consumers"),
    Builtin::new("node:stream/promises", "crust:node/stream/promises"),
    Builtin::new("node:string_decoder", "crust:node/string_decoder"),
    Builtin::new("node:sys", "crust:node/util"),
    Builtin::new("node:trace_events", "crust:node/trace_events"),
    Builtin::new("node:url", "crust:node/url"),
    Builtin::new("node:util", "crust:node/util"),
    Builtin::new("node:util/types", "crust:node/util/types"),
    Builtin::new("node:v8", "crust:node/v8"),
    Builtin::new("node:vm", "crust:node/vm"),
    Builtin::new("node:wasi", "crust:node/wasi"),
    Builtin::new("node:worker_threads", "crust:node/worker_threads"),
    Builtin::new("node:zlib", "crust:node/zlib"),
];

/// `Buffer` is the one global of Node's own; `Function` is the engine's with `import()` in its bodies.
pub(crate) const GLOBALS: &[Global] = &[
    Global::new("Buffer", "crust:node/buffer", "Buffer"),
    Global::new("Function", "crust:node/internal/function", "extend"),
];
