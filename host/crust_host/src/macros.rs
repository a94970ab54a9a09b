//! The engine for the macros of `crust build`: no program, but the builtin module that serves their queue.

use crust_core::{Exception, Runtime, Scope, Value};

use crate::options::RunOptions;
use crate::run::runtime_options;

/// Calls the macros of a build until it is over; false if there is no engine.
pub fn run_macros(options: RunOptions) -> bool {
    let print_error = options.print_error;
    let started = match Runtime::start(runtime_options(options), None) {
        Ok(runtime) => {
            // What macros leave running is not waited for.
            runtime.run_first(|scope| start(scope).map(Some));
            runtime.flush();
            true
        }
        Err(error) => {
            print_error(&format!("error: {error}\n"));
            false
        }
    };
    crust_build_api::MacroHost::close();
    started
}

fn start(scope: Scope<'_>) -> Result<Value<'_>, Exception<'_>> {
    let module = Runtime::current()
        .builtin(scope, crust_build_api::MACRO_HOST)
        .map_err(|thrown| Exception::new(thrown.to_js(scope)))?;
    module.get("start")?.call(&[])
}
