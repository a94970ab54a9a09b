//! Tests of the public API: one file per area, each with a `check(input, expect)`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod async_context;
mod completion;
mod declarations;
mod decorators;
mod emitted_text;
mod enum_declarations;
mod enums;
mod errors;
mod feature;
mod jsx;
mod legacy_decorators;
mod modules;
mod namespaces;
mod parameter_properties;
mod properties;
mod resources;
mod support;
mod types;
