//! The `Date` field, formatted at most once a second (RFC 9110 §6.6.1).

use crust_core::Runtime;
use std::cell::RefCell;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// The text of a second and when that second ends.
struct Cached {
    text: String,
    until: Option<Instant>,
}

thread_local! {
    static CACHED: RefCell<Cached> = const {
        RefCell::new(Cached { text: String::new(), until: None })
    };
}

/// Lends the date of this round of I/O, such as `Sun, 06 Nov 1994 08:49:37 GMT`.
pub(crate) fn with_now<T>(use_date: impl FnOnce(&[u8]) -> T) -> T {
    let now = Runtime::current().event_loop().now();
    CACHED.with_borrow_mut(|cached| {
        if cached.until.is_none_or(|until| now >= until) {
            let time = SystemTime::now();
            let fraction = time
                .duration_since(UNIX_EPOCH)
                .map_or(0, |since| since.subsec_nanos());
            cached.text = httpdate::fmt_http_date(time);
            let rest = Duration::from_secs(1).saturating_sub(Duration::from_nanos(fraction.into()));
            cached.until = Some(now + rest);
        }
        use_date(cached.text.as_bytes())
    })
}
