//! [`Value`]: a JS value within its scope, with the operations of the language. Never outlives the
//! scope; a list of values belongs in a JS array, not on the Rust heap, which the collector does
//! not see.

use crate::engine::{api, engine};
use crate::exception::Exception;
use crate::scope::Scope;
use crate::string::JsString;
use jsc_sys::{
    JS_PROPERTY_DONT_ENUM, JS_PROPERTY_NONE, JS_TYPE_BIGINT, JS_TYPE_BOOLEAN, JS_TYPE_NULL,
    JS_TYPE_NUMBER, JS_TYPE_OBJECT, JS_TYPE_STRING, JS_TYPE_SYMBOL, JSValueRef,
};
use std::ptr;

/// A JS value. `Copy`, two words.
#[derive(Clone, Copy)]
pub struct Value<'s> {
    scope: Scope<'s>,
    raw: JSValueRef,
}

/// What `typeof` distinguishes, with `null` and without `function`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are the language's own")]
pub enum Type {
    Undefined,
    Null,
    Boolean,
    Number,
    String,
    Object,
    Symbol,
    BigInt,
}

/// Arguments of a call that fit on the stack, where the collector sees them.
const STACK_ARGUMENTS: usize = 8;

impl<'s> Value<'s> {
    #[inline]
    pub(crate) fn from_raw(scope: Scope<'s>, raw: JSValueRef) -> Self {
        Self { scope, raw }
    }

    #[inline]
    pub(crate) fn as_raw(self) -> JSValueRef {
        self.raw
    }

    /// The scope this value lives in.
    #[inline]
    pub fn scope(self) -> Scope<'s> {
        self.scope
    }

    /// The language type.
    pub fn type_of(self) -> Type {
        // SAFETY: context and value are alive (invariant of `Value`).
        match unsafe { (api().JSValueGetType)(self.scope.context(), self.raw) } {
            JS_TYPE_NULL => Type::Null,
            JS_TYPE_BOOLEAN => Type::Boolean,
            JS_TYPE_NUMBER => Type::Number,
            JS_TYPE_STRING => Type::String,
            JS_TYPE_OBJECT => Type::Object,
            JS_TYPE_SYMBOL => Type::Symbol,
            JS_TYPE_BIGINT => Type::BigInt,
            _ => Type::Undefined,
        }
    }

    /// `value === undefined`.
    #[inline]
    pub fn is_undefined(self) -> bool {
        // SAFETY: as above.
        unsafe { (api().JSValueIsUndefined)(self.scope.context(), self.raw) }
    }

    /// `value === null`.
    #[inline]
    pub fn is_null(self) -> bool {
        // SAFETY: as above.
        unsafe { (api().JSValueIsNull)(self.scope.context(), self.raw) }
    }

    /// `value == null`.
    #[inline]
    pub fn is_nullish(self) -> bool {
        self.is_undefined() || self.is_null()
    }

    /// A primitive string.
    #[inline]
    pub fn is_string(self) -> bool {
        // SAFETY: as above.
        unsafe { (api().JSValueIsString)(self.scope.context(), self.raw) }
    }

    /// An object or function.
    #[inline]
    pub fn is_object(self) -> bool {
        // SAFETY: as above.
        unsafe { (api().JSValueIsObject)(self.scope.context(), self.raw) }
    }

    /// `Array.isArray(value)`.
    pub fn is_array(self) -> bool {
        // SAFETY: as above.
        unsafe { (api().JSValueIsArray)(self.scope.context(), self.raw) }
    }

    /// A callable object.
    pub fn is_function(self) -> bool {
        // SAFETY: `JSObjectIsFunction` needs an object, which is checked first.
        self.is_object() && unsafe { (api().JSObjectIsFunction)(self.scope.context(), self.raw) }
    }

    /// `a === b`.
    pub fn strict_equals(self, other: Value<'s>) -> bool {
        // SAFETY: both values are alive.
        unsafe { (api().JSValueIsStrictEqual)(self.scope.context(), self.raw, other.raw) }
    }

    /// `Boolean(value)`.
    pub fn to_boolean(self) -> bool {
        // SAFETY: as above.
        unsafe { (api().JSValueToBoolean)(self.scope.context(), self.raw) }
    }

    /// `Number(value)`.
    ///
    /// # Errors
    /// What `valueOf` or `toString` throws; a symbol or bigint is a `TypeError`.
    #[inline]
    pub fn to_number(self) -> Result<f64, Exception<'s>> {
        if let Some(numbers) = engine().accelerators().numbers()
            && let Some(number) = numbers.decode(self.raw)
        {
            return Ok(number);
        }
        self.scope.attempt(|exception| {
            // SAFETY: as above.
            unsafe { (api().JSValueToNumber)(self.scope.context(), self.raw, exception) }
        })
    }

    /// `String(value)` as UTF-8; lone surrogates become U+FFFD.
    ///
    /// # Errors
    /// What `toString` throws; a symbol is a `TypeError`.
    pub fn to_text(self) -> Result<String, Exception<'s>> {
        if let Some(fast) = engine().accelerators().strings()
            && let Some(text) = fast.read(self.raw)
        {
            return Ok(text);
        }
        let copy = self.to_js_string()?;
        // Copying a rope made it flat in place.
        if let Some(fast) = engine().accelerators().strings()
            && let Some(text) = fast.read(self.raw)
        {
            return Ok(text);
        }
        Ok(copy.to_text())
    }

    /// Appends `String(value)` as UTF-8; lone surrogates become U+FFFD.
    ///
    /// # Errors
    /// As [`Value::to_text`].
    pub fn append_utf8(self, out: &mut Vec<u8>) -> Result<(), Exception<'s>> {
        if let Some(fast) = engine().accelerators().strings() {
            if fast.append_utf8(self.raw, out) {
                return Ok(());
            }
            // Copying a rope makes it flat in place.
            let copy = self.to_js_string()?;
            if !fast.append_utf8(self.raw, out) {
                out.extend_from_slice(copy.to_text().as_bytes());
            }
            return Ok(());
        }
        out.extend_from_slice(self.to_js_string()?.to_text().as_bytes());
        Ok(())
    }

    /// Appends `String(value)` with one byte for each code unit; units beyond Latin-1 become `?`.
    ///
    /// # Errors
    /// As [`Value::to_text`].
    pub fn append_latin1(self, out: &mut Vec<u8>) -> Result<(), Exception<'s>> {
        if let Some(fast) = engine().accelerators().strings()
            && fast.append_latin1(self.raw, out)
        {
            return Ok(());
        }
        let copy = self.to_js_string()?;
        if let Some(fast) = engine().accelerators().strings()
            && fast.append_latin1(self.raw, out)
        {
            return Ok(());
        }
        let bytes = copy.units().iter();
        out.extend(bytes.map(|unit| u8::try_from(*unit).unwrap_or(b'?')));
        Ok(())
    }

    /// `String(value)` in the engine's representation.
    ///
    /// # Errors
    /// As [`Value::to_text`].
    pub fn to_js_string(self) -> Result<JsString, Exception<'s>> {
        let raw = self.scope.attempt(|exception| {
            // SAFETY: as above.
            unsafe { (api().JSValueToStringCopy)(self.scope.context(), self.raw, exception) }
        })?;
        // SAFETY: a successful copy is an owned, non-null string.
        Ok(unsafe { JsString::from_raw(raw) })
    }

    /// The property `name`; `undefined` when `self` is a primitive without it.
    ///
    /// # Errors
    /// What a getter throws.
    pub fn get(self, name: &str) -> Result<Value<'s>, Exception<'s>> {
        self.get_named(&JsString::from_str(name))
    }

    /// As [`Value::get`] with a name that is kept.
    pub fn get_named(self, name: &JsString) -> Result<Value<'s>, Exception<'s>> {
        if !self.is_object() {
            return Ok(self.scope.undefined());
        }
        let raw = self.scope.attempt(|exception| {
            // SAFETY: `self` is an object; context and name are alive.
            unsafe {
                (api().JSObjectGetProperty)(
                    self.scope.context(),
                    self.raw,
                    name.as_raw(),
                    exception,
                )
            }
        })?;
        Ok(self.scope.wrap(raw))
    }

    /// The element `index`.
    ///
    /// # Errors
    /// What a getter throws.
    pub fn get_index(self, index: u32) -> Result<Value<'s>, Exception<'s>> {
        if !self.is_object() {
            return Ok(self.scope.undefined());
        }
        let raw = self.scope.attempt(|exception| {
            // SAFETY: `self` is an object.
            unsafe {
                (api().JSObjectGetPropertyAtIndex)(self.scope.context(), self.raw, index, exception)
            }
        })?;
        Ok(self.scope.wrap(raw))
    }

    /// `object[name] = value`, a plain enumerable property. Ignored on a primitive.
    ///
    /// # Errors
    /// What a setter throws.
    pub fn set(self, name: &str, value: Value<'s>) -> Result<(), Exception<'s>> {
        self.define(name, value, JS_PROPERTY_NONE)
    }

    /// As [`Value::set`], not enumerable when the property is new.
    ///
    /// # Errors
    /// What a setter throws.
    pub fn set_hidden(self, name: &str, value: Value<'s>) -> Result<(), Exception<'s>> {
        self.define(name, value, JS_PROPERTY_DONT_ENUM)
    }

    fn define(self, name: &str, value: Value<'s>, attributes: u32) -> Result<(), Exception<'s>> {
        if !self.is_object() {
            return Ok(());
        }
        let name = JsString::from_str(name);
        self.scope.attempt(|exception| {
            // SAFETY: `self` is an object; all handles are alive.
            unsafe {
                (api().JSObjectSetProperty)(
                    self.scope.context(),
                    self.raw,
                    name.as_raw(),
                    value.raw,
                    attributes,
                    exception,
                );
            }
        })
    }

    /// `object[index] = value`. Ignored on a primitive.
    ///
    /// # Errors
    /// What a setter throws.
    pub fn set_index(self, index: u32, value: Value<'s>) -> Result<(), Exception<'s>> {
        if !self.is_object() {
            return Ok(());
        }
        self.scope.attempt(|exception| {
            // SAFETY: `self` is an object; both values are alive.
            unsafe {
                (api().JSObjectSetPropertyAtIndex)(
                    self.scope.context(),
                    self.raw,
                    index,
                    value.raw,
                    exception,
                );
            }
        })
    }

    /// `delete object[name]`.
    ///
    /// # Errors
    /// What a proxy trap throws.
    pub fn delete(self, name: &str) -> Result<bool, Exception<'s>> {
        if !self.is_object() {
            return Ok(true);
        }
        let name = JsString::from_str(name);
        self.scope.attempt(|exception| {
            // SAFETY: `self` is an object.
            unsafe {
                (api().JSObjectDeleteProperty)(
                    self.scope.context(),
                    self.raw,
                    name.as_raw(),
                    exception,
                )
            }
        })
    }

    /// Calls `self` with `this` as `undefined`.
    ///
    /// # Errors
    /// What the function throws; a `TypeError` when `self` is not callable.
    pub fn call(self, arguments: &[Value<'s>]) -> Result<Value<'s>, Exception<'s>> {
        self.call_with(None, arguments)
    }

    /// Calls `self` with a receiver, which must be an object.
    ///
    /// # Errors
    /// As [`Value::call`].
    pub fn call_method(
        self,
        this: Value<'s>,
        arguments: &[Value<'s>],
    ) -> Result<Value<'s>, Exception<'s>> {
        self.call_with(Some(this), arguments)
    }

    fn call_with(
        self,
        this: Option<Value<'s>>,
        arguments: &[Value<'s>],
    ) -> Result<Value<'s>, Exception<'s>> {
        if !self.is_function() {
            return Err(Exception::new(self.scope.error("not a function")));
        }
        let this = this
            .filter(|this| this.is_object())
            .map_or(ptr::null_mut(), |this| this.raw);
        self.with_raw(arguments, |count, raw| {
            self.scope.attempt(|exception| {
                // SAFETY: `self` is callable; `raw` holds `count` live values.
                unsafe {
                    (api().JSObjectCallAsFunction)(
                        self.scope.context(),
                        self.raw,
                        this,
                        count,
                        raw,
                        exception,
                    )
                }
            })
        })
    }

    /// `new self(...arguments)`.
    ///
    /// # Errors
    /// What the constructor throws; a `TypeError` when `self` is no object.
    pub fn construct(self, arguments: &[Value<'s>]) -> Result<Value<'s>, Exception<'s>> {
        if !self.is_object() {
            return Err(Exception::new(self.scope.error("not a constructor")));
        }
        self.with_raw(arguments, |count, raw| {
            self.scope.attempt(|exception| {
                // SAFETY: `self` is an object; `raw` holds `count` live values.
                unsafe {
                    (api().JSObjectCallAsConstructor)(
                        self.scope.context(),
                        self.raw,
                        count,
                        raw,
                        exception,
                    )
                }
            })
        })
    }

    fn with_raw(
        self,
        arguments: &[Value<'s>],
        call: impl FnOnce(usize, *const JSValueRef) -> Result<JSValueRef, Exception<'s>>,
    ) -> Result<Value<'s>, Exception<'s>> {
        let raw = if arguments.len() <= STACK_ARGUMENTS {
            let mut fixed: [JSValueRef; STACK_ARGUMENTS] = [ptr::null_mut(); STACK_ARGUMENTS];
            for (slot, argument) in fixed.iter_mut().zip(arguments) {
                *slot = argument.raw;
            }
            call(arguments.len(), fixed.as_ptr())?
        } else {
            let list: Vec<JSValueRef> = arguments.iter().map(|argument| argument.raw).collect();
            call(list.len(), list.as_ptr())?
        };
        Ok(if raw.is_null() {
            self.scope.undefined()
        } else {
            self.scope.wrap(raw)
        })
    }

    /// The names of the enumerable string properties, inherited ones included (as `for…in`).
    pub fn enumerable_names(self) -> Vec<String> {
        if !self.is_object() {
            return Vec::new();
        }
        // SAFETY: `self` is an object; the array is released below.
        unsafe {
            let names = (api().JSObjectCopyPropertyNames)(self.scope.context(), self.raw);
            let count = (api().JSPropertyNameArrayGetCount)(names);
            let list = (0..count)
                .map(|index| {
                    let raw = (api().JSPropertyNameArrayGetNameAtIndex)(names, index);
                    JsString::from_raw((api().JSStringRetain)(raw)).to_text()
                })
                .collect();
            (api().JSPropertyNameArrayRelease)(names);
            list
        }
    }

    /// The target of a `Proxy`, where the engine exports the look-up.
    pub fn proxy_target(self) -> Option<Value<'s>> {
        let get = engine().spi().JSObjectGetProxyTarget?;
        if !self.is_object() {
            return None;
        }
        // SAFETY: `self` is an object; null is the answer for anything but a proxy.
        let raw = unsafe { get(self.raw) };
        (!raw.is_null()).then(|| self.scope.wrap(raw))
    }
}
