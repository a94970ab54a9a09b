//! Numbers in place: decodes the engine's NaN-boxed values (`JSCJSValue.h`) without a call. Objects
//! and strings are left to the C API.

use crate::scope::Scope;
use jsc_sys::JSValueRef;

/// The encoding is the known one.
#[derive(Clone, Copy)]
pub(crate) struct Numbers(());

/// All of these bits mark a 32-bit integer; some of them a double.
const INTEGER: usize = 0xfffe << 48;
/// What is added to the bits of a double.
const DOUBLE_OFFSET: u64 = 1 << 49;

impl Numbers {
    /// Decodes numbers of each kind and refuses what is none.
    pub(super) fn probe(scope: Scope<'_>) -> Option<Self> {
        let numbers = Self(());
        let samples = [
            0.0,
            7.0,
            -1.0,
            2_147_483_647.0,
            0.5,
            -1e300,
            4_294_967_296.0,
        ];
        let decoded = samples.iter().all(|sample: &f64| {
            let raw = scope.number(*sample).as_raw();
            numbers.decode(raw).map(f64::to_bits) == Some(sample.to_bits())
        });
        let others = [
            scope.undefined(),
            scope.null(),
            scope.boolean(true),
            scope.string("7"),
            scope.object(),
        ];
        let refused = others
            .iter()
            .all(|value| numbers.decode(value.as_raw()).is_none());
        (decoded && refused).then_some(numbers)
    }

    /// The number, if the value is one.
    #[inline]
    #[expect(
        clippy::unused_self,
        reason = "holding `Numbers` proves that the encoding was probed"
    )]
    pub(crate) fn decode(self, value: JSValueRef) -> Option<f64> {
        let bits = value.addr();
        if bits & INTEGER == INTEGER {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_possible_wrap,
                reason = "the low half is the integer"
            )]
            let integer = bits as u32 as i32;
            return Some(f64::from(integer));
        }
        (bits & INTEGER != 0).then(|| f64::from_bits((bits as u64).wrapping_sub(DOUBLE_OFFSET)))
    }
}
