//! Addresses of names, by the system's resolver, kept for a short time. Answers of failed look-ups
//! are not kept.

use crate::error::FetchError;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

/// How long an answer is used, as in Bun; `BUN_CONFIG_DNS_TIME_TO_LIVE_SECONDS` says otherwise.
const TIME_TO_LIVE: Duration = Duration::from_secs(30);
/// Names kept at once: more than one program talks to, and a bound for one that crawls.
const MOST_NAMES: usize = 256;

struct Answer {
    addresses: Vec<IpAddr>,
    until: Instant,
}

type Cache = Mutex<HashMap<String, Answer>>;

fn cache() -> &'static Cache {
    static CACHE: OnceLock<Cache> = OnceLock::new();
    CACHE.get_or_init(Cache::default)
}

fn time_to_live() -> Duration {
    static CONFIGURED: OnceLock<Duration> = OnceLock::new();
    *CONFIGURED.get_or_init(|| {
        std::env::var("BUN_CONFIG_DNS_TIME_TO_LIVE_SECONDS")
            .ok()
            .and_then(|text| text.parse().ok())
            .map_or(TIME_TO_LIVE, Duration::from_secs)
    })
}

/// The addresses of a name, those to try first in front.
pub(super) async fn lookup(host: &str) -> Result<Vec<IpAddr>, FetchError> {
    if let Ok(address) = host.parse() {
        return Ok(vec![address]);
    }
    if let Some(addresses) = cached(host) {
        return Ok(addresses);
    }
    let not_found = || FetchError::NotFound(host.to_owned());
    let found = tokio::net::lookup_host((host, 0))
        .await
        .map_err(|_| not_found())?;
    let mut addresses: Vec<IpAddr> = Vec::new();
    for socket in found {
        if !addresses.contains(&socket.ip()) {
            addresses.push(socket.ip());
        }
    }
    if addresses.is_empty() {
        return Err(not_found());
    }
    keep(host, addresses.clone());
    Ok(addresses)
}

fn cached(host: &str) -> Option<Vec<IpAddr>> {
    let cache = cache().lock().unwrap_or_else(PoisonError::into_inner);
    let answer = cache.get(host)?;
    (answer.until > Instant::now()).then(|| answer.addresses.clone())
}

fn keep(host: &str, addresses: Vec<IpAddr>) {
    let mut cache = cache().lock().unwrap_or_else(PoisonError::into_inner);
    let now = Instant::now();
    if cache.len() >= MOST_NAMES {
        cache.retain(|_, answer| answer.until > now);
    }
    if cache.len() >= MOST_NAMES {
        cache.clear();
    }
    let until = now + time_to_live();
    cache.insert(host.to_owned(), Answer { addresses, until });
}

/// Puts the address that answered in front, so that the next connection tries it first.
pub(super) fn prefer(host: &str, address: IpAddr) {
    let mut cache = cache().lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(answer) = cache.get_mut(host)
        && let Some(place) = answer.addresses.iter().position(|each| *each == address)
    {
        answer.addresses.swap(0, place);
    }
}

/// Forgets a name none of whose addresses answered.
pub(super) fn forget(host: &str) {
    cache()
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .remove(host);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_bounded_and_prefers_what_answered() {
        let addresses: Vec<IpAddr> = vec!["10.0.0.1".parse().unwrap(), "10.0.0.2".parse().unwrap()];
        for number in 0..(MOST_NAMES * 2) {
            keep(&format!("name{number}.test"), addresses.clone());
        }
        assert!(cache().lock().unwrap().len() <= MOST_NAMES);
        keep("prefer.test", addresses.clone());
        prefer("prefer.test", addresses[1]);
        assert_eq!(cached("prefer.test").unwrap()[0], addresses[1]);
        forget("prefer.test");
        assert!(cached("prefer.test").is_none());
    }
}
