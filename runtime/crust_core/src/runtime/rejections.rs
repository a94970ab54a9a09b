//! Promise rejections that nothing handled by the end of their microtask checkpoint, collected for
//! the loop to report.

use crate::runtime::Runtime;
use jsc::{Arguments, Global, Native, NativeResult, Scope};
use std::cell::RefCell;
use std::collections::VecDeque;

/// A rejected promise and its reason.
pub(super) struct Rejection {
    pub(super) promise: Global,
    pub(super) reason: Global,
}

/// The queue of one runtime. Its length is bounded by the promises alive.
#[derive(Default)]
pub(super) struct Rejections {
    queue: RefCell<VecDeque<Rejection>>,
    /// Promises whose rejection was reported and which may still be handled.
    reported: RefCell<VecDeque<Global>>,
}

/// Reported promises that are watched for a late handler. Each keeps its promise alive.
const MAX_REPORTED: usize = 256;

fn collect<'s>(arguments: &Arguments<'s>) -> NativeResult<'s> {
    let rejection = Rejection {
        promise: Global::new(arguments.get(0)),
        reason: Global::new(arguments.get(1)),
    };
    Runtime::current()
        .rejections
        .queue
        .borrow_mut()
        .push_back(rejection);
    Ok(arguments.scope().undefined())
}

impl Rejections {
    /// Collects the rejections of a VM into the queue of its runtime.
    pub(super) fn watch(scope: Scope<'_>) {
        let callback = scope.function("unhandledRejection", Native::new(collect));
        scope.set_unhandled_rejection_callback(callback);
    }

    pub(super) fn next(&self) -> Option<Rejection> {
        self.queue.borrow_mut().pop_front()
    }

    /// Watches a reported promise for a late handler.
    pub(super) fn reported(&self, promise: Global) {
        let mut reported = self.reported.borrow_mut();
        if reported.len() == MAX_REPORTED {
            reported.pop_front();
        }
        reported.push_back(promise);
    }

    /// A reported promise that is handled by now.
    pub(super) fn next_handled(&self, scope: Scope<'_>) -> Option<Global> {
        let mut reported = self.reported.borrow_mut();
        let index = reported
            .iter()
            .position(|promise| promise.get(scope).promise_is_handled() == Some(true))?;
        reported.remove(index)
    }

    pub(super) fn has_reported(&self) -> bool {
        !self.reported.borrow().is_empty()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.queue.borrow().is_empty()
    }
}
