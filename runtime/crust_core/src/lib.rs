//! The runtime: one VM with its event loop, module system and natives. Brings no API of its own:
//! features do, and the host says which.
//!
//! Reading order: [`Feature`] and [`Op`] (what a feature brings), [`Runtime`] (what runs it),
//! `modules` (how programs are loaded and linked), `event_loop` (what keeps them running).
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        reason = "tests may fail loudly"
    )
)]

pub mod background;
mod builtins;
mod code_cache;
mod core_ops;
pub mod errno;
mod event_loop;
mod feature;
mod modules;
mod op;
mod op_error;
mod process_info;
mod runtime;
mod stack;

pub use builtins::{BuiltinSource, BuiltinText};
pub use crust_diag as diag;
pub use crust_resolve::ResolveOptions;
pub use event_loop::{
    AfterIo, Completion, EventLoop, Interest, KeepAlive, Poster, Readiness, Source, SourceId,
};
pub use feature::{Builtin, Feature, Global};
pub use jsc::Level as EngineLevel;
pub use jsc::{
    BytesKind, Exception, Global as GlobalValue, PromiseState, Resolver, Scope, SharedWords,
    TextAllocator, TextBuffer, Type, Utf8Text, Value,
};
pub use modules::{
    LoadError, ModuleSettings, Print, Program, check_syntax, file_state, transpile_builtin,
};
pub use op::{Call, Op, OpResult};
pub use op_error::{ErrorClass, OpError, Throw};
pub use process_info::ProcessInfo;
pub use runtime::{Hooks, Runtime, RuntimeOptions, StartError, UnhandledRejections, engine_levels};
pub use stack::{Frame, frames_of};
