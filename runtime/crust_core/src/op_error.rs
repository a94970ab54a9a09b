//! Errors of natives: data that becomes a JS error object when it reaches JS, and the two ways a
//! native can throw.

use crate::runtime::Runtime;
use jsc::{Exception, Scope, Value};
use std::borrow::Cow;
use std::io;

/// The JS class of an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are the language's own")]
pub enum ErrorClass {
    Error,
    TypeError,
    RangeError,
    SyntaxError,
    ReferenceError,
}

impl ErrorClass {
    /// The constructor's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Error => "Error",
            Self::TypeError => "TypeError",
            Self::RangeError => "RangeError",
            Self::SyntaxError => "SyntaxError",
            Self::ReferenceError => "ReferenceError",
        }
    }
}

/// An error as data: `Send`, so that background work can fail with it.
#[derive(Debug, Clone)]
pub struct OpError {
    class: ErrorClass,
    message: String,
    code: Option<Cow<'static, str>>,
    properties: Vec<(&'static str, Property)>,
}

/// An extra property of an error object.
#[derive(Debug, Clone)]
enum Property {
    Text(String),
    Number(f64),
}

impl OpError {
    /// An error of a class.
    pub fn new(class: ErrorClass, message: impl Into<String>) -> Self {
        Self {
            class,
            message: message.into(),
            code: None,
            properties: Vec::new(),
        }
    }

    /// A plain `Error`.
    pub fn error(message: impl Into<String>) -> Self {
        Self::new(ErrorClass::Error, message)
    }

    /// A `TypeError`.
    pub fn type_error(message: impl Into<String>) -> Self {
        Self::new(ErrorClass::TypeError, message)
    }

    /// A `RangeError`.
    pub fn range_error(message: impl Into<String>) -> Self {
        Self::new(ErrorClass::RangeError, message)
    }

    /// A `SyntaxError`.
    pub fn syntax_error(message: impl Into<String>) -> Self {
        Self::new(ErrorClass::SyntaxError, message)
    }

    /// Sets `error.code` (`ERR_…`, `ENOENT`).
    #[must_use]
    pub fn code(mut self, code: impl Into<Cow<'static, str>>) -> Self {
        self.code = Some(code.into());
        self
    }

    /// Adds a text property.
    #[must_use]
    pub fn property(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.properties.push((name, Property::Text(value.into())));
        self
    }

    /// Adds a number property.
    #[must_use]
    pub fn number_property(mut self, name: &'static str, value: f64) -> Self {
        self.properties.push((name, Property::Number(value)));
        self
    }

    /// The error of a failed system call as Node words it: `ENOENT: no such file or directory,
    /// open 'x'` with `code`, `errno`, `syscall` and `path`.
    pub fn from_io(error: &io::Error, syscall: &str, path: Option<&str>) -> Self {
        let Some(errno) = error.raw_os_error() else {
            return Self::error(format!("{syscall}: {error}"));
        };
        let (code, text) = crate::errno::describe(errno);
        let place = path.map_or_else(String::new, |path| format!(" '{path}'"));
        let mut result = Self::error(format!("{code}: {text}, {syscall}{place}"))
            .number_property("errno", f64::from(-errno))
            .property("syscall", syscall)
            .code(code);
        if let Some(path) = path {
            result = result.property("path", path);
        }
        result
    }

    /// The message without class and code.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Makes the JS error object.
    pub fn to_js<'s>(&self, scope: Scope<'s>) -> Value<'s> {
        self.try_to_js(scope).unwrap_or_else(Exception::value)
    }

    fn try_to_js<'s>(&self, scope: Scope<'s>) -> Result<Value<'s>, Exception<'s>> {
        let class = Runtime::current().error_class(scope, self.class)?;
        let error = class.construct(&[scope.string(&self.message)])?;
        for (name, property) in &self.properties {
            let value = match property {
                Property::Text(text) => scope.string(text),
                Property::Number(number) => scope.number(*number),
            };
            error.set(name, value)?;
        }
        if let Some(code) = &self.code {
            error.set("code", scope.string(code))?;
        }
        Ok(error)
    }
}

/// What a native throws: an error it makes, or one that came from JS.
pub enum Throw<'s> {
    /// To be made into an error object.
    Error(OpError),
    /// A JS value on its way through.
    Value(Value<'s>),
}

impl<'s> Throw<'s> {
    /// The thrown value.
    pub fn to_js(&self, scope: Scope<'s>) -> Value<'s> {
        match self {
            Self::Error(error) => error.to_js(scope),
            Self::Value(value) => *value,
        }
    }
}

impl From<OpError> for Throw<'_> {
    fn from(error: OpError) -> Self {
        Self::Error(error)
    }
}

impl<'s> From<Exception<'s>> for Throw<'s> {
    fn from(exception: Exception<'s>) -> Self {
        Self::Value(exception.value())
    }
}
