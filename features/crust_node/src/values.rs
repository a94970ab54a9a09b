//! Questions about JS values that JavaScript itself cannot answer.

use crust_core::{Call, Op, OpResult};

/// The natives of this family.
pub(crate) const OPS: &[Op] = &[Op::new("isProxy", is_proxy)];

/// `isProxy(value)`.
#[expect(clippy::unnecessary_wraps, reason = "the shape of an op")]
fn is_proxy<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    Ok(cx.make_bool(cx.value(0).proxy_target().is_some()))
}
