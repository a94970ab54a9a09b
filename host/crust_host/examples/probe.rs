fn die(code: i32) -> ! { std::process::exit(code) }
fn main() {
    let file = std::env::args().nth(1).unwrap();
    let code = crust_host::run(crust_host::RunOptions {
        entry: crust_host::Entry::File(std::fs::canonicalize(file).unwrap()), argv: vec![], exec_argv: vec![], exec_path: "/x".into(), argv0: "crust".into(),
        preload: vec![], defines: vec![], conditions: vec![], preserve_symlinks: false, preserve_symlinks_main: false, env: vec![], smol: false,
        unhandled_rejections: crust_host::UnhandledRejections::Throw, expose_gc: false, stack_trace_limit: None, title: None, loaded_files: None,
        exit: die, print_error: |t| eprint!("{t}"),
    });
    std::process::exit(code);
}
