//! The safe layer over JavaScriptCore: an [`Engine`] is the opened library, a [`Vm`] one isolated
//! heap with its global object, a [`Scope`] the right to touch it, a [`Value`] a reference that
//! cannot outlive its scope and a [`Global`] one that can.
//!
//! Knows nothing of files, modules or event loops, and never prints.
#![expect(unsafe_code, reason = "every call into the engine is a foreign call")]
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        reason = "tests may fail loudly"
    )
)]

mod accelerate;
mod bytes;
mod engine;
mod exception;
mod function;
mod glib;
mod global;
mod promise;
mod scope;
mod shared_words;
mod string;
mod text_buffer;
mod utf8_text;
mod value;
mod vm;

pub use accelerate::bytecode::{CodeLayout, CompiledCode, KeptCode};
pub use accelerate::error_stack::{RawStack, StackFormatter};
pub use bytes::BytesKind;
pub use engine::{Engine, EngineOptions, Level};
pub use exception::Exception;
pub use function::{Arguments, Native, NativeFunction, NativeResult};
pub use glib::MainContext;
pub use global::Global;
pub use jsc_sys::OpenError;
pub use promise::{PromiseState, Resolver};
pub use scope::{Scope, Script};
pub use shared_words::SharedWords;
pub use string::JsString;
pub use text_buffer::{TextAllocator, TextBuffer};
pub use utf8_text::Utf8Text;
pub use value::{Type, Value};
pub use vm::{MemoryUsage, Vm};
