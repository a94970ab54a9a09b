//! Node's modules that need no resource of their own. The modules are TypeScript in `js/`; here are
//! the table of their names and the few natives they call. Opens no file and no socket.
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        reason = "tests may fail loudly"
    )
)]

mod builtins;
mod bytes;
mod codec;
mod digests;
mod dns;
mod os;
mod search;
mod values;
mod zlib;

use crust_core::{Feature, Op};

/// The natives by family.
const FAMILIES: [&[Op]; 6] = [
    bytes::OPS,
    digests::OPS,
    dns::OPS,
    os::OPS,
    values::OPS,
    zlib::OPS,
];

/// How many natives there are.
const COUNT: usize = {
    let mut count = 0;
    let mut family = 0;
    while family < FAMILIES.len() {
        count += FAMILIES[family].len();
        family += 1;
    }
    count
};

/// The natives as one table.
const OPS: [Op; COUNT] = {
    let mut ops = [FAMILIES[0][0]; COUNT];
    let (mut count, mut family) = (0, 0);
    while family < FAMILIES.len() {
        let mut index = 0;
        while index < FAMILIES[family].len() {
            ops[count] = FAMILIES[family][index];
            count += 1;
            index += 1;
        }
        family += 1;
    }
    ops
};

/// What this folder brings.
pub const FEATURE: Feature = Feature {
    name: "node",
    ops: &OPS,
    builtins: builtins::BUILTINS,
    globals: builtins::GLOBALS,
};
