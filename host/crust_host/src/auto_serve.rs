//! `export default { fetch }`: a program that exports a server by default is one, as in Bun.

use crust_core::{Exception, Runtime, Scope, Value};

/// Starts the server that the program exports, at once or when its top-level await is over.
pub(crate) fn install<'s>(
    scope: Scope<'s>,
    promise: Option<Value<'s>>,
) -> Result<(), Exception<'s>> {
    let runtime = Runtime::current();
    let Some(namespace) = runtime.main_namespace(scope, promise)? else {
        return Ok(());
    };
    // Before a top-level await is over, nobody knows what is exported.
    if promise.is_none() && !is_server(namespace)? {
        return Ok(());
    }
    let module = runtime
        .builtin(scope, "crust:http/auto_serve")
        .map_err(|thrown| Exception::new(thrown.to_js(scope)))?;
    module.get("autoServe")?.call(&[namespace])?;
    Ok(())
}

fn is_server<'s>(namespace: Value<'s>) -> Result<bool, Exception<'s>> {
    let default = namespace.get("default")?;
    Ok(default.is_object() && !default.is_function() && default.get("fetch")?.is_function())
}
