//! Somebody who wants an installation to end (Ctrl-C): what waits is given up, and what was changed is
//! taken back by whoever changed it. Never ends a process.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;
use std::time::Duration;

use crate::error::InstallError;

/// How often it is looked whether somebody wants the end: people wait no longer for an answer.
pub(super) const PAUSE: Duration = Duration::from_millis(50);

/// An error where somebody wants the end.
pub(super) fn check(stop: &AtomicBool) -> Result<(), InstallError> {
    if stop.load(Ordering::SeqCst) {
        return Err(InstallError::Interrupted);
    }
    Ok(())
}

/// The result of `work`, which is dropped where somebody wants the end.
pub(super) async fn or_stop<T>(
    stop: &AtomicBool,
    work: impl Future<Output = Result<T, InstallError>>,
) -> Result<T, InstallError> {
    let mut work = pin!(work);
    let mut ticks = tokio::time::interval(PAUSE);
    poll_fn(|context| {
        if let Poll::Ready(result) = work.as_mut().poll(context) {
            return Poll::Ready(result);
        }
        while ticks.poll_tick(context).is_ready() {
            check(stop)?;
        }
        Poll::Pending
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_waits_is_given_up() {
        let runtime = crate::runtime().unwrap();
        let stop = AtomicBool::new(false);
        let done = runtime.block_on(or_stop(&stop, async { Ok(3) }));
        assert_eq!(done.unwrap(), 3);
        stop.store(true, Ordering::SeqCst);
        let never = std::future::pending::<Result<(), InstallError>>();
        let result = runtime.block_on(or_stop(&stop, never));
        assert_eq!(result.unwrap_err().code(), "ERR_INSTALL_INTERRUPTED");
    }
}
