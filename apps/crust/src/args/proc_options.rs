//! The options of `crust proc`, as data. Those that describe an application carry the key of the ecosystem
//! file they stand for, so that a line and a file mean the same.

use super::option::{Heading, OptionId, OptionSpec, Scope};

const fn option(key: &'static str, long: &'static str, help: &'static str) -> OptionSpec {
    OptionSpec::new(OptionId::Proc(key), long, Heading::Processes, help).scope(Scope::PROC)
}

const fn quiet(key: &'static str, long: &'static str) -> OptionSpec {
    OptionSpec::quiet(OptionId::Proc(key), long).scope(Scope::PROC)
}

/// The options, in the order of the help.
#[rustfmt::skip] // One line per option.
pub(super) static PROC_OPTIONS: &[OptionSpec] = &[
    option("name", "--name", "Name of the application").short('n').value("NAME"),
    option("namespace", "--namespace", "Group of the application").value("NAME"),
    option("instances", "--instances", "Number of processes, or max").short('i').value("COUNT"),
    option("env", "--env", "A variable NAME=VALUE (repeatable); a name alone chooses env_NAME of an ecosystem file").value("NAME=VALUE"),
    option("env_file", "--env-file", "File of variables (repeatable)").value("FILE"),
    option("cwd", "--cwd", "Working directory of the application").value("DIRECTORY"),
    option("interpreter", "--interpreter", "What runs the file; none executes it").value("PROGRAM"),
    option("interpreter_args", "--interpreter-args", "Arguments of the interpreter").aliases(&["--node-args"]).value("ARGUMENTS"),
    option("watch", "--watch", "Restart when files of the working directory, or of these paths, change").optional_value("PATHS"),
    option("ignore_watch", "--ignore-watch", "Names and globs that do not count (repeatable)").value("GLOB"),
    option("memory", "--memory", "Restart above this memory, as 512M").aliases(&["--max-memory-restart"]).value("SIZE"),
    option("cpu", "--cpu", "Most per cent of a processor; without control groups it is restarted above them").value("PERCENT"),
    option("max_processes", "--max-processes", "Most processes and threads, where control groups can hold that").value("COUNT"),
    option("cron", "--cron", "Restart times").aliases(&["--cron-restart"]).short('c').value("PATTERN"),
    option("autorestart", "--no-autorestart", "Leave it down when it ends"),
    option("stop_exit_codes", "--stop-exit-codes", "Exit codes after which it stays down (repeatable)").value("CODE"),
    option("max_restarts", "--max-restarts", "Ends in a row within the minimum uptime before it is given up").value("COUNT"),
    option("min_uptime", "--min-uptime", "How long it must live to count as started").value("TIME"),
    option("restart_delay", "--restart-delay", "Fixed delay before each restart").value("TIME"),
    option("exp_backoff", "--exp-backoff", "First delay of a growing one").aliases(&["--exp-backoff-restart-delay"]).value("TIME"),
    option("max_backoff", "--max-backoff", "Longest delay of the growing one").value("TIME"),
    option("kill_timeout", "--kill-timeout", "From the stop signal to SIGKILL").value("TIME"),
    option("kill_signal", "--kill-signal", "The signal that stops it").value("SIGNAL"),
    option("inspect", "--inspect", "Open the inspector of node, bun or deno, at this address").optional_value("ADDRESS"),
    option("heap_prof", "--heap-prof", "Have node or bun write a heap profile when it ends"),
    option("wait_ready", "--wait-ready", "It is online when it sends the message ready"),
    option("listen_timeout", "--listen-timeout", "How long it may take to be ready").value("TIME"),
    option("port", "--port", "Port, given to it as PORT").value("PORT"),
    option("health_url", "--health-url", "URL that must answer, else it is restarted").value("URL"),
    option("depends_on", "--depends-on", "Applications that must be online first (repeatable)").value("NAME"),
    option("user", "--user", "User to run as").aliases(&["--uid"]).value("USER"),
    option("group", "--group", "Group to run as").aliases(&["--gid"]).value("GROUP"),
    option("out_file", "--output", "File of standard output; with export and import, where to write").short('o').value("FILE"),
    option("error_file", "--error", "File of standard error").short('e').value("FILE"),
    option("log_format", "--log-format", "json or text").value("FORMAT"),
    option("log_max_size", "--log-max-size", "Put log files aside at this size").value("SIZE"),
    option("log_max_age", "--log-max-age", "Put log files aside at this age").value("TIME"),
    option("log_full", "--log-full", "When the disk does not take the output: block (the application waits) or drop (and count)").value("POLICY"),
    option("log_keep", "--log-keep", "How many files put aside are kept (default: 10)").value("COUNT"),
    option("merge_logs", "--merge-logs", "One log file for all instances"),
    option("time", "--time", "A time before each line of the log"),
    option("force", "--force", "Start although the name is taken: the application is replaced").short('f'),
    option("no_daemon", "--no-daemon", "With start: run it in the foreground, as `run` does"),
    option("attach", "--attach", "With start, restart and reload: then go on as `logs`"),
    option("spa", "--spa", "With serve: what is not found is the homepage"),
    option("auth_user", "--basic-auth-username", "With serve: who may ask").value("USER"),
    option("auth_password", "--basic-auth-password", "With serve: with which password").value("PASSWORD"),
    option("update_env", "--update-env", "Give restarted applications this shell's environment"),
    option("prune", "--prune", "With apply: delete what the ecosystem file has no longer"),
    option("host", "--host", "With dashboard and serve: where to listen; the dashboard asks for a token where that is not 127.0.0.1").value("HOST"),
    option("image", "--image", "With export: the container image of the applications").value("IMAGE"),
    option("lines", "--lines", "Lines of the logs to begin with (default: 15)").short('l').value("COUNT"),
    option("nostream", "--nostream", "Print and end").aliases(&["--no-stream"]),
    option("follow", "--follow", "Go on printing (the default of logs)"),
    option("raw", "--raw", "Only what the application wrote"),
    option("since", "--since", "Only lines since then: 10m, 2h, or a time as 2026-11-29T08:00; needs --time or JSON logs").value("TIME"),
    option("grep", "--grep", "Only lines that contain this text").value("TEXT"),
    option("only_out", "--out", "Only standard output"),
    option("only_err", "--err", "Only standard error"),
    option("json", "--json", "Print JSON").short('j'),
    quiet("silent", "--silent").short('s'),
];
