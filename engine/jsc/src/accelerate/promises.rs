//! `JSC::JSPromise::status` and `result`: what `Bun.peek` and inspection show of a promise.

use crate::engine::api;
use crate::promise::PromiseState;
use crate::scope::{Scope, Script};
use crate::value::Value;
use jsc_sys::{JSContextGroupRef, JSValueRef, Library};
use std::ffi::c_void;
use std::mem::transmute;

type Status = unsafe extern "C" fn(promise: JSValueRef, vm: JSContextGroupRef) -> u32;
type IsHandled = unsafe extern "C" fn(promise: JSValueRef, vm: JSContextGroupRef) -> bool;
type ResultOf = unsafe extern "C" fn(promise: JSValueRef, vm: JSContextGroupRef) -> JSValueRef;

/// The found symbols and the cell type byte of a promise.
#[derive(Clone, Copy)]
pub(crate) struct Promises {
    status: Status,
    result: ResultOf,
    is_handled: IsHandled,
    cell_type: u8,
}

/// Offset of the type byte in a cell (`JSCell.h`: structure id, indexing mode, type).
const CELL_TYPE: usize = 5;

impl Promises {
    pub(super) fn find(library: &Library) -> Option<Self> {
        let status = library.symbol(c"_ZNK3JSC9JSPromise6statusERNS_2VME")?;
        let result = library.symbol(c"_ZNK3JSC9JSPromise6resultERNS_2VME")?;
        let is_handled = library.symbol(c"_ZNK3JSC9JSPromise9isHandledERNS_2VME")?;
        // SAFETY: the mangled names say const members taking a `VM&`.
        unsafe {
            Some(Self {
                status: transmute::<*mut c_void, Status>(status),
                result: transmute::<*mut c_void, ResultOf>(result),
                is_handled: transmute::<*mut c_void, IsHandled>(is_handled),
                cell_type: 0,
            })
        }
    }

    /// Learns the cell type from a promise and checks all three states.
    pub(super) fn probe(self, scope: Scope<'_>) -> Option<Self> {
        let make = |text| {
            scope
                .evaluate(Script {
                    text,
                    url: "crust:probe",
                })
                .ok()
        };
        let (pending, done) = (make("new Promise(()=>{})")?, make("Promise.resolve(42)")?);
        let other = make("({})")?;
        let cell_type = cell_type(pending)?;
        let probed = Self { cell_type, ..self };
        let agrees = cell_type == cell_type_or_zero(done)
            && cell_type != cell_type_or_zero(other)
            && probed.state(pending) == Some(PromiseState::Pending)
            && probed.state(done) == Some(PromiseState::Fulfilled)
            && probed.result(done)?.to_number().ok()?.to_bits() == 42.0_f64.to_bits();
        agrees.then_some(probed)
    }

    fn is_promise(self, value: Value<'_>) -> bool {
        value.is_object() && cell_type(value) == Some(self.cell_type)
    }

    pub(crate) fn state(self, value: Value<'_>) -> Option<PromiseState> {
        if !self.is_promise(value) {
            return None;
        }
        // SAFETY: a promise cell of this VM.
        match unsafe { (self.status)(value.as_raw(), group(value.scope())) } {
            0 => Some(PromiseState::Pending),
            1 => Some(PromiseState::Fulfilled),
            2 => Some(PromiseState::Rejected),
            _ => None,
        }
    }

    pub(crate) fn is_handled(self, value: Value<'_>) -> Option<bool> {
        // SAFETY: a promise cell of this VM.
        self.is_promise(value)
            .then(|| unsafe { (self.is_handled)(value.as_raw(), group(value.scope())) })
    }

    pub(crate) fn result(self, value: Value<'_>) -> Option<Value<'_>> {
        if !self.is_promise(value) || self.state(value)? == PromiseState::Pending {
            return None;
        }
        // SAFETY: a settled promise cell of this VM; the result is an encoded value.
        let raw = unsafe { (self.result)(value.as_raw(), group(value.scope())) };
        Some(value.scope().wrap(raw))
    }
}

fn group(scope: Scope<'_>) -> JSContextGroupRef {
    // SAFETY: the context is alive.
    unsafe { (api().JSContextGetGroup)(scope.context()) }
}

/// The type byte of an object's cell.
fn cell_type(value: Value<'_>) -> Option<u8> {
    if !value.is_object() {
        return None;
    }
    // SAFETY: an object value is the address of its cell, whose header is eight bytes.
    Some(unsafe { *value.as_raw().cast::<u8>().add(CELL_TYPE) })
}

fn cell_type_or_zero(value: Value<'_>) -> u8 {
    cell_type(value).unwrap_or(0)
}
