//! Every option of the command line, as data. Parsing, help and completions all come from here, and
//! nothing else names an option's spelling.

use super::option::{Heading, OptionId, OptionSpec, Scope, Standing};

use Heading::{Environment, Information, Modules, Running, Runtime};

const fn offered(
    id: OptionId,
    long: &'static str,
    heading: Heading,
    help: &'static str,
) -> OptionSpec {
    OptionSpec::new(id, long, heading, help)
}

/// An option of Bun whose feature this version does not have: refused by name.
const fn unavailable(long: &'static str) -> OptionSpec {
    OptionSpec::quiet(OptionId::Unavailable, long)
}

/// An option that asks for what is always the case here.
const fn already_true(long: &'static str) -> OptionSpec {
    OptionSpec::quiet(OptionId::AlreadyTrue, long)
}

/// An option that the program's own modules read from `process.execArgv`.
const fn runtime(long: &'static str, help: &'static str) -> OptionSpec {
    OptionSpec::new(OptionId::Runtime, long, Runtime, help).scope(Scope::RUN_AND_NODE)
}

/// The option table, in the order of the help.
pub(crate) static OPTIONS: &[OptionSpec] = &[
    offered(
        OptionId::Eval,
        "--eval",
        Running,
        "Run the argument as a program",
    )
    .short('e')
    .value("CODE")
    .scope(Scope::RUN_AND_NODE),
    offered(
        OptionId::Print,
        "--print",
        Running,
        "Run the argument and print its last value",
    )
    .short('p')
    .aliases(&["-pe"])
    .value("CODE")
    .scope(Scope::RUN_AND_NODE),
    offered(
        OptionId::Watch,
        "--watch",
        Running,
        "Restart when a loaded file changes",
    ),
    offered(
        OptionId::WatchKillSignal,
        "--watch-kill-signal",
        Running,
        "Signal that --watch stops the program with (default: SIGTERM)",
    )
    .value("SIGNAL"),
    offered(
        OptionId::NoClearScreen,
        "--no-clear-screen",
        Running,
        "Keep the screen when --watch restarts",
    ),
    offered(
        OptionId::Silent,
        "--silent",
        Running,
        "Do not print the commands of package.json scripts",
    )
    .scope(Scope::RUN),
    offered(
        OptionId::IfPresent,
        "--if-present",
        Running,
        "Succeed when the script or file does not exist",
    ),
    offered(
        OptionId::ForceRuntime,
        "--bun",
        Running,
        "Let `node` and `bun` in scripts and package binaries mean this program",
    )
    .short('b')
    .scope(Scope::RUN_AND_EXECUTE),
    offered(
        OptionId::Shell,
        "--shell",
        Running,
        "Shell of package.json scripts; only \"system\" exists",
    )
    .value("SHELL"),
    offered(
        OptionId::CheckSyntax,
        "--check",
        Running,
        "Check the syntax of the file without running it",
    )
    .short('c')
    .scope(Scope::NODE),
    offered(
        OptionId::Preload,
        "--preload",
        Modules,
        "Load a module before the program (repeatable)",
    )
    .short('r')
    .aliases(&["--require", "--import"])
    .value("MODULE")
    .scope(Scope::RUN_AND_NODE),
    offered(
        OptionId::Conditions,
        "--conditions",
        Modules,
        "Further conditions for package.json \"exports\" (repeatable)",
    )
    .short('C')
    .value("NAME")
    .scope(Scope::RUN_AND_NODE),
    offered(
        OptionId::Define,
        "--define",
        Modules,
        "Replace an expression while reading files, as in NAME:VALUE (repeatable)",
    )
    .short('d')
    .value("NAME:VALUE"),
    offered(
        OptionId::PreserveSymlinks,
        "--preserve-symlinks",
        Modules,
        "Keep symbolic links when resolving modules",
    )
    .scope(Scope::RUN_AND_NODE),
    offered(
        OptionId::PreserveSymlinksMain,
        "--preserve-symlinks-main",
        Modules,
        "Keep symbolic links when resolving the entry point",
    )
    .scope(Scope::RUN_AND_NODE),
    offered(
        OptionId::EnvFile,
        "--env-file",
        Environment,
        "Read environment variables from a file (repeatable)",
    )
    .value("FILE")
    .scope(Scope::EVERY),
    offered(
        OptionId::EnvFileIfExists,
        "--env-file-if-exists",
        Environment,
        "Like --env-file, for a file that may be missing",
    )
    .value("FILE")
    .scope(Scope::NODE),
    offered(
        OptionId::NoEnvFile,
        "--no-env-file",
        Environment,
        "Do not read .env files",
    ),
    offered(
        OptionId::WorkingDirectory,
        "--cwd",
        Environment,
        "Change to a directory first",
    )
    .value("DIRECTORY")
    .scope(Scope::RUN_AND_EXECUTE),
    offered(
        OptionId::Smol,
        "--smol",
        Runtime,
        "Use less memory and collect garbage more often",
    ),
    offered(
        OptionId::ExposeGc,
        "--expose-gc",
        Runtime,
        "Put gc() on the global object",
    )
    .scope(Scope::RUN_AND_NODE),
    offered(
        OptionId::UnhandledRejections,
        "--unhandled-rejections",
        Runtime,
        "strict, throw, warn, none or warn-with-error-code",
    )
    .value("MODE")
    .scope(Scope::RUN_AND_NODE),
    offered(
        OptionId::StackTraceLimit,
        "--stack-trace-limit",
        Runtime,
        "Number of frames in error.stack",
    )
    .value("COUNT")
    .scope(Scope::RUN_AND_NODE),
    offered(OptionId::Title, "--title", Runtime, "Title of the process")
        .value("TITLE")
        .scope(Scope::RUN_AND_NODE),
    runtime("--no-warnings", "Print no process warnings"),
    runtime("--no-deprecation", "Print no deprecation warnings"),
    runtime("--throw-deprecation", "Throw on deprecations"),
    runtime("--trace-deprecation", "Print stacks of deprecations"),
    runtime("--pending-deprecation", "Warn of pending deprecations"),
    runtime("--trace-warnings", "Print stacks of process warnings"),
    runtime(
        "--disable-warning",
        "Silence warnings of a code or type (repeatable)",
    )
    .value("CODE"),
    offered(
        OptionId::Version,
        "--version",
        Information,
        "Print the version",
    )
    .short('v')
    .scope(Scope::RUN_AND_NODE),
    offered(
        OptionId::Revision,
        "--revision",
        Information,
        "Print the version and revision; with --verbose, the engine too",
    ),
    offered(OptionId::Help, "--help", Information, "Print this help")
        .short('h')
        .scope(Scope::EVERY),
    OptionSpec::quiet(OptionId::Verbose, "--verbose"),
    OptionSpec::quiet(OptionId::LoadedFilesDescriptor, "--loaded-files-descriptor").value("NUMBER"),
    // Bun's options whose feature this version does not have.
    unavailable("--hot"),
    unavailable("--filter").value("VALUE").short('F'),
    unavailable("--workspaces"),
    unavailable("--parallel"),
    unavailable("--sequential"),
    unavailable("--no-exit-on-error"),
    unavailable("--elide-lines").value("VALUE"),
    unavailable("--no-orphans"),
    unavailable("--check"),
    unavailable("--interactive"),
    unavailable("--inspect").optional_value("VALUE"),
    unavailable("--inspect-wait").optional_value("VALUE"),
    unavailable("--inspect-brk").optional_value("VALUE"),
    unavailable("--cpu-prof"),
    unavailable("--cpu-prof-name").value("VALUE"),
    unavailable("--cpu-prof-dir").value("VALUE"),
    unavailable("--cpu-prof-md"),
    unavailable("--cpu-prof-interval").value("VALUE"),
    unavailable("--heap-prof"),
    unavailable("--heap-prof-name").value("VALUE"),
    unavailable("--heap-prof-dir").value("VALUE"),
    unavailable("--heap-prof-md"),
    unavailable("--heap-prof-interval").value("VALUE"),
    unavailable("--install").value("VALUE"),
    unavailable("--prefer-latest"),
    unavailable("--port").value("VALUE"),
    unavailable("--fetch-preconnect").value("VALUE"),
    unavailable("--experimental-http2-fetch"),
    unavailable("--experimental-http3-fetch"),
    unavailable("--max-http-header-size").value("VALUE"),
    unavailable("--insecure-http-parser"),
    unavailable("--dns-result-order").value("VALUE"),
    unavailable("--experimental-stream-iter"),
    unavailable("--redirect-warnings").value("VALUE"),
    unavailable("--zero-fill-buffers"),
    unavailable("--use-system-ca"),
    unavailable("--use-openssl-ca"),
    unavailable("--use-bundled-ca"),
    unavailable("--tls-min-v1.0"),
    unavailable("--tls-min-v1.1"),
    unavailable("--tls-min-v1.2"),
    unavailable("--tls-min-v1.3"),
    unavailable("--tls-max-v1.2"),
    unavailable("--tls-max-v1.3"),
    unavailable("--redis-preconnect"),
    unavailable("--sql-preconnect"),
    unavailable("--disallow-code-generation-from-strings").optional_value("VALUE"),
    unavailable("--console-depth").value("VALUE"),
    unavailable("--user-agent").value("VALUE"),
    unavailable("--cron-title").value("VALUE"),
    unavailable("--cron-period").value("VALUE"),
    unavailable("--main-fields").value("VALUE"),
    unavailable("--extension-order").value("VALUE"),
    unavailable("--tsconfig-override").value("VALUE"),
    unavailable("--drop").value("VALUE"),
    unavailable("--feature").value("VALUE"),
    unavailable("--loader").value("VALUE").short('l'),
    unavailable("--jsx-factory").value("VALUE"),
    unavailable("--jsx-fragment").value("VALUE"),
    unavailable("--jsx-import-source").value("VALUE"),
    unavailable("--jsx-runtime").value("VALUE"),
    unavailable("--config").value("VALUE").short('c'),
    OptionSpec::quiet(OptionId::Unavailable, "").short('i'),
    // Bun's options that ask for what is always so: nothing is installed while a program runs, there
    // are no macros and no native code to refuse, and nothing is shaken out of a tree at run time.
    already_true("--no-install"),
    already_true("--prefer-offline"),
    already_true("--no-macros"),
    already_true("--no-addons"),
    already_true("--no-ffi-cc"),
    already_true("--ignore-dce-annotations"),
    already_true("--jsx-side-effects"),
    // Node's options whose feature this version does not have.
    unavailable("--inspect")
        .optional_value("VALUE")
        .scope(Scope::NODE),
    unavailable("--inspect-wait")
        .optional_value("VALUE")
        .scope(Scope::NODE),
    unavailable("--inspect-brk")
        .optional_value("VALUE")
        .scope(Scope::NODE),
    unavailable("--watch").scope(Scope::NODE),
    unavailable("--watch-path")
        .value("VALUE")
        .scope(Scope::NODE),
    unavailable("--test").scope(Scope::NODE),
    unavailable("--run").value("VALUE").scope(Scope::NODE),
    unavailable("--permission").scope(Scope::NODE),
    unavailable("--cpu-prof").scope(Scope::NODE),
    unavailable("--heap-prof").scope(Scope::NODE),
    unavailable("--experimental-loader")
        .value("VALUE")
        .scope(Scope::NODE),
    unavailable("--loader").value("VALUE").scope(Scope::NODE),
    unavailable("--redirect-warnings")
        .value("VALUE")
        .scope(Scope::NODE),
    unavailable("--input-type")
        .value("VALUE")
        .scope(Scope::NODE),
    unavailable("--interactive").scope(Scope::NODE),
    unavailable("--max-http-header-size")
        .value("VALUE")
        .scope(Scope::NODE),
    unavailable("--insecure-http-parser").scope(Scope::NODE),
    unavailable("--dns-result-order")
        .value("VALUE")
        .scope(Scope::NODE),
    unavailable("--use-system-ca").scope(Scope::NODE),
    unavailable("--use-openssl-ca").scope(Scope::NODE),
    unavailable("--use-bundled-ca").scope(Scope::NODE),
    unavailable("--openssl-legacy-provider").scope(Scope::NODE),
    unavailable("--zero-fill-buffers").scope(Scope::NODE),
    unavailable("--no-addons").scope(Scope::NODE),
    unavailable("--disallow-code-generation-from-strings")
        .optional_value("VALUE")
        .scope(Scope::NODE),
    unavailable("--jitless").scope(Scope::NODE),
    unavailable("--frozen-intrinsics").scope(Scope::NODE),
    unavailable("--build-sea").value("VALUE").scope(Scope::NODE),
    unavailable("--snapshot-blob")
        .value("VALUE")
        .scope(Scope::NODE),
    unavailable("--build-snapshot").scope(Scope::NODE),
    unavailable("--prof").scope(Scope::NODE),
    unavailable("--icu-data-dir")
        .value("VALUE")
        .scope(Scope::NODE),
    unavailable("--localstorage-file")
        .value("VALUE")
        .scope(Scope::NODE),
    unavailable("--experimental-webstorage").scope(Scope::NODE),
    unavailable("--experimental-eventsource").scope(Scope::NODE),
    // Node's options for what is always on here, and sizes of V8's heap, which this engine does not have.
    already_true("--enable-source-maps").scope(Scope::NODE),
    already_true("--strip-types").scope(Scope::NODE),
    already_true("--require-module").scope(Scope::NODE),
    already_true("--experimental-strip-types").scope(Scope::NODE),
    already_true("--experimental-transform-types").scope(Scope::NODE),
    already_true("--experimental-detect-module").scope(Scope::NODE),
    already_true("--experimental-require-module").scope(Scope::NODE),
    already_true("--experimental-import-meta-resolve").scope(Scope::NODE),
    already_true("--experimental-json-modules").scope(Scope::NODE),
    already_true("--experimental-modules").scope(Scope::NODE),
    already_true("--experimental-top-level-await").scope(Scope::NODE),
    already_true("--experimental-fetch").scope(Scope::NODE),
    already_true("--experimental-global-webcrypto").scope(Scope::NODE),
    already_true("--experimental-global-customevent").scope(Scope::NODE),
    already_true("--experimental-global-navigator").scope(Scope::NODE),
    already_true("--experimental-websocket").scope(Scope::NODE),
    already_true("--experimental-abortcontroller").scope(Scope::NODE),
    already_true("--experimental-wasm-modules").scope(Scope::NODE),
    already_true("--experimental-repl-await").scope(Scope::NODE),
    already_true("--experimental-import-text").scope(Scope::NODE),
    already_true("--experimental-vm-modules").scope(Scope::NODE),
    already_true("--experimental-specifier-resolution")
        .value("VALUE")
        .scope(Scope::NODE),
    already_true("--experimental-worker").scope(Scope::NODE),
    already_true("--experimental-print-required-tla").scope(Scope::NODE),
    already_true("--experimental-sqlite").scope(Scope::NODE),
    already_true("--max-old-space-size")
        .value("VALUE")
        .scope(Scope::NODE),
    already_true("--max-semi-space-size")
        .value("VALUE")
        .scope(Scope::NODE),
    already_true("--max-heap-size")
        .value("VALUE")
        .scope(Scope::NODE),
    runtime("--trace-uncaught", "")
        .listed(Standing::Quiet)
        .scope(Scope::NODE),
    // `crust x`
    OptionSpec::quiet(OptionId::Unavailable, "--package")
        .short('p')
        .value("PACKAGE")
        .scope(Scope::EXECUTE),
    already_true("--no-install").scope(Scope::EXECUTE),
    already_true("--silent").scope(Scope::EXECUTE),
    already_true("--verbose").scope(Scope::EXECUTE),
];
