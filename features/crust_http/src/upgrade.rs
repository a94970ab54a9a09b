//! The native of `server.upgrade`: checks the request under way, writes the 101 and hands the
//! connection over to `crust_websocket`. Knows no frames.

use crate::ops::exchange;
use crust_core::{Call, Op, OpError, OpResult};
use crust_websocket::Adoption;
use crust_wire::websocket::{accept_offer, append_switch, is_key};

pub(crate) const OPS: &[Op] = &[Op::new("upgrade", upgrade)];

/// `upgrade(handle, hub, key, offers, fields)`: the number of the socket, -1 when the request cannot
/// become one. `key` and `offers` are what the client said; `fields` are complete lines for the 101.
fn upgrade<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let refused = cx.make_number(-1.0);
    let (key, offers) = (cx.string(2)?, cx.string(3)?);
    let Some(hub) = crust_websocket::hub(cx.integer(1)?).filter(|_| is_key(&key)) else {
        return Ok(refused);
    };
    let mut fields = Vec::new();
    cx.value(4).append_latin1(&mut fields)?;
    let Some((transport, leftover)) = exchange(cx)?.and_then(|exchange| exchange.take_over())
    else {
        return Ok(refused);
    };
    let agreed = hub
        .deflate_policy()
        .and_then(|policy| accept_offer(&offers, policy));
    let mut head = Vec::new();
    let answer = agreed.as_ref().map(|(_, answer)| answer.as_str());
    append_switch(&mut head, &key, answer, &fields);
    let adoption = Adoption {
        transport,
        head,
        leftover,
        deflate: agreed.map(|(deflate, _)| deflate),
    };
    let socket = crust_websocket::adopt(&hub, adoption)
        .map_err(|error| OpError::from_io(&error, "upgrade", None))?;
    #[expect(clippy::cast_precision_loss, reason = "a number of a slab")]
    let socket = socket as f64;
    Ok(cx.make_number(socket))
}
