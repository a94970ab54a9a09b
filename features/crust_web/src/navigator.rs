//! Facts for the global `navigator`.

use crust_core::{Call, Op, OpResult};
use std::thread::available_parallelism;

/// The natives of this family.
pub(crate) const OPS: &[Op] = &[Op::new("navigatorFacts", navigator_facts)];

/// `navigatorFacts()`: user agent, platform, number of processors.
fn navigator_facts<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let uname = rustix::system::uname();
    let platform = format!(
        "{} {}",
        uname.sysname().to_string_lossy(),
        uname.machine().to_string_lossy()
    );
    let processors = available_parallelism().map_or(1, std::num::NonZero::get);
    let scope = cx.scope();
    let facts = [
        scope.string(&user_agent()),
        scope.string(&platform),
        scope.number(f64::from(u32::try_from(processors).unwrap_or(u32::MAX))),
    ];
    Ok(scope.array(&facts)?)
}

/// Programs look for `Bun/` to learn which interface they run on; the product's own name follows.
fn user_agent() -> String {
    format!("Bun/{} Crust/{}", BUN_INTERFACE, env!("CARGO_PKG_VERSION"))
}

/// The version of Bun whose interface this is.
const BUN_INTERFACE: &str = "1.4.4";
