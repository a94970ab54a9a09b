//! Globals that depend on command line flags.

use crust_core::{Exception, Runtime, Scope};

/// `--expose-gc`: `globalThis.gc`.
pub(crate) fn install<'s>(scope: Scope<'s>, expose_gc: bool) -> Result<(), Exception<'s>> {
    if !expose_gc {
        return Ok(());
    }
    let natives = Runtime::current()
        .builtin(scope, "crust:ops/core")
        .map_err(|thrown| Exception::new(thrown.to_js(scope)))?;
    scope.global().set("gc", natives.get("collectGarbage")?)
}
