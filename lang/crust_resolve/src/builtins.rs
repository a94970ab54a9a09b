//! The names of modules that live inside the runtime, as data. It never says how one is loaded.

/// Modules that answer to their bare name and to `node:NAME`, sorted.
pub const NODE_MODULES: &[&str] = &[
    "_http_agent",
    "_http_client",
    "_http_common",
    "_http_incoming",
    "_http_outgoing",
    "_http_server",
    "_stream_duplex",
    "_stream_passthrough",
    "_stream_readable",
    "_stream_transform",
    "_stream_wrap",
    "_stream_writable",
    "_tls_common",
    "_tls_wrap",
    "assert",
    "assert/strict",
    "async_hooks",
    "buffer",
    "child_process",
    "cluster",
    "console",
    "constants",
    "crypto",
    "dgram",
    "diagnostics_channel",
    "dns",
    "dns/promises",
    "domain",
    "events",
    "fs",
    "fs/promises",
    "http",
    "http2",
    "https",
    "inspector",
    "inspector/promises",
    "module",
    "net",
    "os",
    "path",
    "path/posix",
    "path/win32",
    "perf_hooks",
    "process",
    "punycode",
    "querystring",
    "readline",
    "readline/promises",
    "repl",
    "stream",
    "stream/consumers",
    "stream/promises",
    "stream/web",
    "string_decoder",
    "sys",
    "timers",
    "timers/promises",
    "tls",
    "trace_events",
    "tty",
    "url",
    "util",
    "util/types",
    "v8",
    "vm",
    "wasi",
    "worker_threads",
    "zlib",
];

/// Modules that answer only to `node:NAME`; the bare name is an ordinary package. Sorted.
pub const NODE_PREFIX_ONLY: &[&str] = &["sea", "sqlite", "test", "test/reporters"];

/// Modules of Bun's own name space, written in full, sorted.
pub const BUN_MODULES: &[&str] = &[
    "bun",
    "bun:ffi",
    "bun:jsc",
    "bun:main",
    "bun:sqlite",
    "bun:test",
];

/// The canonical name of the builtin that `specifier` names: `fs` and `node:fs` give `node:fs`,
/// `bun:test` gives itself.
pub fn builtin(specifier: &str) -> Option<String> {
    if specifier == "sys" || specifier == "node:sys" {
        return Some("node:util".to_owned());
    }
    if let Some(name) = specifier.strip_prefix("node:") {
        let known = contains(NODE_MODULES, name) || contains(NODE_PREFIX_ONLY, name);
        return known.then(|| specifier.to_owned());
    }
    if contains(NODE_MODULES, specifier) {
        return Some(format!("node:{specifier}"));
    }
    contains(BUN_MODULES, specifier).then(|| specifier.to_owned())
}

fn contains(sorted: &[&str], name: &str) -> bool {
    sorted.binary_search(&name).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_sorted() {
        for table in [NODE_MODULES, NODE_PREFIX_ONLY, BUN_MODULES] {
            assert!(table.is_sorted(), "{table:?}");
        }
    }

    #[test]
    fn names_are_canonical() {
        assert_eq!(builtin("fs").as_deref(), Some("node:fs"));
        assert_eq!(
            builtin("node:fs/promises").as_deref(),
            Some("node:fs/promises")
        );
        assert_eq!(builtin("sys").as_deref(), Some("node:util"));
        assert_eq!(builtin("bun:test").as_deref(), Some("bun:test"));
        assert_eq!(builtin("node:test").as_deref(), Some("node:test"));
        assert_eq!(builtin("test"), None);
        assert_eq!(builtin("FS"), None);
        assert_eq!(builtin("fs/"), None);
        assert_eq!(builtin("node:nope"), None);
    }
}
