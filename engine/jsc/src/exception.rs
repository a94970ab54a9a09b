//! [`Exception`]: a thrown JS value on its way through Rust. Never formats it for people.

use crate::value::Value;

/// What JS threw; any value, not only an `Error`.
#[derive(Clone, Copy)]
pub struct Exception<'s> {
    value: Value<'s>,
}

impl<'s> Exception<'s> {
    /// Wraps a value that is to be thrown.
    pub fn new(value: Value<'s>) -> Self {
        Self { value }
    }

    /// The thrown value.
    pub fn value(self) -> Value<'s> {
        self.value
    }
}

impl std::fmt::Debug for Exception<'_> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let text = self
            .value
            .to_text()
            .unwrap_or_else(|_| "<unprintable>".to_owned());
        write!(out, "Exception({text})")
    }
}
