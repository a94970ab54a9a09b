//! [`Op`]: a native with its name; [`Call`]: what it sees of one call from JS. Argument conversions
//! follow Web IDL where JS would coerce, and throw `TypeError`s that name the argument's position.

use crate::op_error::{OpError, Throw};
use crate::runtime::Runtime;
use jsc::{
    Arguments, BytesKind, Exception, Global, Native, NativeFunction, NativeResult, Scope, Value,
};
use std::any::Any;

/// What a native gives back.
pub type OpResult<'s> = Result<Value<'s>, Throw<'s>>;

/// A native function of a feature.
#[derive(Clone, Copy)]
pub struct Op {
    /// The name under which `crust:ops/<feature>` exports it.
    pub name: &'static str,
    pub(crate) native: Native,
}

impl Op {
    /// Names a function item. It must capture nothing.
    pub const fn new<F>(name: &'static str, function: F) -> Self
    where
        F: for<'s> Fn(&mut Call<'s>) -> OpResult<'s> + Copy + 'static,
    {
        Self {
            name,
            native: Native::new(Adapter(function)),
        }
    }
}

/// Turns an op into what the engine's trampolines call.
#[derive(Clone, Copy)]
struct Adapter<F>(F);

impl<F> NativeFunction for Adapter<F>
where
    F: for<'s> Fn(&mut Call<'s>) -> OpResult<'s> + Copy + 'static,
{
    #[inline]
    fn call<'s>(self, arguments: &Arguments<'s>) -> NativeResult<'s> {
        let scope = arguments.scope();
        (self.0)(&mut Call {
            arguments: *arguments,
        })
        .map_err(|thrown| Exception::new(thrown.to_js(scope)))
    }
}

/// One call of a native from JS.
pub struct Call<'s> {
    arguments: Arguments<'s>,
}

impl<'s> Call<'s> {
    /// The scope of the call.
    pub fn scope(&self) -> Scope<'s> {
        self.arguments.scope()
    }

    /// The runtime of this thread.
    pub fn runtime(&self) -> &'static Runtime {
        Runtime::current()
    }

    /// How many arguments were passed.
    pub fn len(&self) -> usize {
        self.arguments.len()
    }

    /// Whether none were.
    pub fn is_empty(&self) -> bool {
        self.arguments.is_empty()
    }

    /// The receiver.
    pub fn this(&self) -> Value<'s> {
        self.arguments.this()
    }

    /// The argument at `index`, `undefined` when it was not passed.
    pub fn value(&self, index: usize) -> Value<'s> {
        self.arguments.get(index)
    }

    /// `String(argument)` as UTF-8.
    ///
    /// # Errors
    /// What `toString` throws.
    pub fn string(&self, index: usize) -> Result<String, Throw<'s>> {
        Ok(self.value(index).to_text()?)
    }

    /// As [`Call::string`]; `None` for `undefined` and `null`.
    ///
    /// # Errors
    /// What `toString` throws.
    pub fn opt_string(&self, index: usize) -> Result<Option<String>, Throw<'s>> {
        let value = self.value(index);
        if value.is_nullish() {
            Ok(None)
        } else {
            self.string(index).map(Some)
        }
    }

    /// `Number(argument)`.
    ///
    /// # Errors
    /// What `valueOf` throws.
    pub fn number(&self, index: usize) -> Result<f64, Throw<'s>> {
        Ok(self.value(index).to_number()?)
    }

    /// The argument as an integer of Rust's, cut toward zero.
    ///
    /// # Errors
    /// `RangeError` when it is no number or does not fit.
    pub fn integer<T: TryFrom<i64>>(&self, index: usize) -> Result<T, Throw<'s>> {
        /// 2^53: integers beyond are not exact.
        const EXACT: f64 = 9_007_199_254_740_992.0;
        let number = self.number(index)?.trunc();
        let out_of_range =
            || OpError::range_error(format!("argument {index} is out of range: {number}"));
        if number.is_nan() || number.abs() > EXACT {
            return Err(out_of_range().into());
        }
        #[expect(
            clippy::cast_possible_truncation,
            reason = "an exact integer, checked above"
        )]
        let integer = number as i64;
        Ok(T::try_from(integer).map_err(|_| out_of_range())?)
    }

    /// `Boolean(argument)`.
    pub fn boolean(&self, index: usize) -> bool {
        self.value(index).to_boolean()
    }

    /// A callable argument.
    ///
    /// # Errors
    /// `TypeError` for anything else.
    pub fn function(&self, index: usize) -> Result<Value<'s>, Throw<'s>> {
        let value = self.value(index);
        if value.is_function() {
            return Ok(value);
        }
        Err(
            OpError::type_error(format!("argument {index} must be a function"))
                .code("ERR_INVALID_ARG_TYPE")
                .into(),
        )
    }

    /// The bytes of a typed array or array buffer. They must not be used after JS ran again, so the
    /// slice borrows the call.
    ///
    /// # Errors
    /// `TypeError` for anything else.
    pub fn bytes(&self, index: usize) -> Result<&[u8], Throw<'s>> {
        self.view(index).map(|bytes| &*bytes)
    }

    /// As [`Call::bytes`], to write to.
    ///
    /// # Errors
    /// `TypeError` for anything else.
    pub fn bytes_mut(&mut self, index: usize) -> Result<&mut [u8], Throw<'s>> {
        self.view(index)
    }

    /// The bytes of two arguments, the second to write to.
    ///
    /// # Errors
    /// `TypeError` for anything else, and when both are of one buffer.
    pub fn bytes_pair(
        &mut self,
        source: usize,
        target: usize,
    ) -> Result<(&[u8], &mut [u8]), Throw<'s>> {
        let (from, to) = (self.view(source)?, self.view(target)?);
        let (a, b) = (from.as_ptr_range(), to.as_ptr_range());
        if !from.is_empty() && !to.is_empty() && a.start < b.end && b.start < a.end {
            return Err(OpError::type_error("source and target must not overlap").into());
        }
        Ok((from, to))
    }

    #[expect(unsafe_code, reason = "the engine's buffers are foreign memory")]
    #[expect(
        clippy::mut_from_ref,
        reason = "the memory belongs to the engine, not to `self`"
    )]
    fn view(&self, index: usize) -> Result<&mut [u8], Throw<'s>> {
        // SAFETY: the public methods tie the slice to a borrow of `self`; ops that call into JS do
        // so through values, after their last use of the slice.
        unsafe { self.value(index).bytes_mut() }.ok_or_else(|| {
            OpError::type_error(format!(
                "argument {index} must be a typed array or a buffer"
            ))
            .code("ERR_INVALID_ARG_TYPE")
            .into()
        })
    }

    /// Whether the argument is a typed array or buffer.
    pub fn is_bytes(&self, index: usize) -> bool {
        self.value(index).bytes_kind() != BytesKind::None
    }

    /// `undefined`.
    pub fn undefined(&self) -> Value<'s> {
        self.scope().undefined()
    }

    /// `null`.
    pub fn null(&self) -> Value<'s> {
        self.scope().null()
    }

    /// A boolean.
    pub fn make_bool(&self, value: bool) -> Value<'s> {
        self.scope().boolean(value)
    }

    /// A number.
    pub fn make_number(&self, value: f64) -> Value<'s> {
        self.scope().number(value)
    }

    /// A string.
    pub fn make_string(&self, text: &str) -> Value<'s> {
        self.scope().string(text)
    }

    /// A `Uint8Array` over the bytes, without a copy.
    ///
    /// # Errors
    /// Only when the engine runs out of memory.
    pub fn make_bytes(&self, bytes: Vec<u8>) -> OpResult<'s> {
        Ok(self.scope().uint8_array(bytes)?)
    }

    /// An array made item by item.
    ///
    /// # Errors
    /// What `make` throws.
    pub fn make_array<T>(
        &self,
        items: impl IntoIterator<Item = T>,
        make: impl Fn(Scope<'s>, T) -> Value<'s>,
    ) -> OpResult<'s> {
        let array = self.scope().array(&[])?;
        for (index, item) in (0..).zip(items) {
            array.set_index(index, make(self.scope(), item))?;
        }
        Ok(array)
    }

    /// An object with these properties.
    ///
    /// # Errors
    /// Only when the engine runs out of memory.
    pub fn make_object(&self, properties: &[(&str, Value<'s>)]) -> OpResult<'s> {
        let object = self.scope().object();
        for (name, value) in properties {
            object.set(name, *value)?;
        }
        Ok(object)
    }

    /// Runs `work` on a background thread and answers a promise, settled on the event loop by what
    /// `finish` makes of the result. Keeps the process alive until then.
    ///
    /// # Errors
    /// Only when the engine runs out of memory.
    pub fn spawn_blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, OpError> + Send + 'static,
        finish: impl for<'a> FnOnce(Scope<'a>, T) -> OpResult<'a> + 'static,
    ) -> OpResult<'s> {
        let (promise, resolver) = self.scope().promise()?;
        let runtime = self.runtime();
        let completion = runtime
            .event_loop()
            .completion(move |scope, outcome: Box<dyn Any>| {
                let Ok(outcome) = outcome.downcast::<Result<T, OpError>>() else {
                    return;
                };
                match outcome
                    .map_err(Throw::Error)
                    .and_then(|value| finish(scope, value))
                {
                    Ok(value) => resolver.resolve(value),
                    Err(thrown) => resolver.reject(thrown.to_js(scope)),
                }
            });
        crate::background::spawn(move || completion.complete(Box::new(work())));
        Ok(promise)
    }

    /// Keeps an argument beyond the call.
    pub fn global(&self, index: usize) -> Global {
        Global::new(self.value(index))
    }
}
