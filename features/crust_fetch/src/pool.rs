//! The pool: connections that wait for their next request, and those of HTTP/2 that take more. Every
//! VM of the process shares it. Never sends anything.

use crate::connect::{Connection, Received, connect};
use crate::error::FetchError;
use crate::outgoing::Outgoing;
use crate::route::{Protocol, Route};
use hyper::client::conn::{http1, http2};
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Idle connections are kept this long: below the 5 s after which common servers close theirs.
const IDLE: Duration = Duration::from_secs(4);
/// Idle connections in all and to one place: each is a descriptor here and one at the server.
const MOST_IDLE: usize = 256;
const MOST_IDLE_OF_ROUTE: usize = 64;
/// Places whose protocol is remembered.
const MOST_REMEMBERED: usize = 256;
/// Exchanges that wait for the head of their response at once, as in Bun;
/// `BUN_CONFIG_MAX_HTTP_REQUESTS` says otherwise.
const MOST_REQUESTS: usize = 256;
/// The highest number the setting can have.
const MOST_CONFIGURABLE: usize = 65_336;

/// A connection for one request.
#[derive(Debug)]
pub(crate) enum Lease {
    /// HTTP/1.1: ours alone until it is given back.
    Http1 {
        route: Arc<Route>,
        sender: http1::SendRequest<Outgoing>,
        received: Received,
        /// It has carried an exchange before, so the server may be closing it.
        is_reused: bool,
    },
    /// HTTP/2: shared.
    Http2 {
        sender: http2::SendRequest<Outgoing>,
        is_reused: bool,
    },
}

impl Lease {
    /// Whether the connection has carried an exchange before.
    pub(crate) fn is_reused(&self) -> bool {
        match self {
            Self::Http1 { is_reused, .. } | Self::Http2 { is_reused, .. } => *is_reused,
        }
    }
}

struct Idle {
    sender: http1::SendRequest<Outgoing>,
    received: Received,
    since: Instant,
}

#[derive(Default)]
struct Place {
    idle: Vec<Idle>,
    shared: Option<(http2::SendRequest<Outgoing>, Instant)>,
}

#[derive(Default)]
struct Pool {
    places: HashMap<Arc<Route>, Place>,
    idle: usize,
    is_swept: bool,
    /// Held while the first connection to a server that may speak HTTP/2 is made, so that requests
    /// started together share it.
    first: HashMap<Arc<Route>, Arc<tokio::sync::Mutex<()>>>,
    /// Places that answered with HTTP/1.1 where HTTP/2 was offered: nobody needs to wait there.
    only_http1: HashSet<Arc<Route>>,
}

fn with_pool<T>(work: impl FnOnce(&mut Pool) -> T) -> T {
    static POOL: OnceLock<Mutex<Pool>> = OnceLock::new();
    let pool = POOL.get_or_init(Mutex::default);
    work(&mut pool.lock().unwrap_or_else(PoisonError::into_inner))
}

/// Waits until fewer than the limit of exchanges wait for their heads.
pub(crate) async fn permit() -> Result<OwnedSemaphorePermit, FetchError> {
    static PERMITS: OnceLock<Arc<Semaphore>> = OnceLock::new();
    let permits = PERMITS.get_or_init(|| {
        let configured = std::env::var("BUN_CONFIG_MAX_HTTP_REQUESTS").ok();
        let limit = configured
            .and_then(|text| text.parse().ok())
            .filter(|limit| (1..=MOST_CONFIGURABLE).contains(limit))
            .unwrap_or(MOST_REQUESTS);
        Arc::new(Semaphore::new(limit))
    });
    Arc::clone(permits)
        .acquire_owned()
        .await
        .map_err(|_| FetchError::Cancelled)
}

/// A connection for a route: an idle one if that is allowed and there is one, else a new one.
pub(crate) async fn acquire(route: &Arc<Route>, may_reuse: bool) -> Result<Lease, FetchError> {
    if may_reuse && let Some(lease) = with_pool(|pool| pool.take(route)) {
        return Ok(lease);
    }
    let may_share = may_reuse && route.secure && route.protocol != Protocol::Http1;
    if !may_share || with_pool(|pool| pool.only_http1.contains(route)) {
        return Ok(lease(route, connect(route).await?, may_share));
    }
    let first = with_pool(|pool| pool.first_of(route));
    let turn = first.lock().await;
    if let Some(lease) = with_pool(|pool| pool.take(route)) {
        return Ok(lease);
    }
    if with_pool(|pool| pool.only_http1.contains(route)) {
        drop(turn);
        return Ok(lease(route, connect(route).await?, true));
    }
    let connection = connect(route).await?;
    let lease = lease(route, connection, true);
    if let Lease::Http1 { .. } = lease {
        with_pool(|pool| pool.remember_http1(route));
    }
    Ok(lease)
}

/// Connects and leaves the connection in the pool.
pub(crate) async fn preconnect(route: &Arc<Route>) -> Result<(), FetchError> {
    if let Lease::Http1 {
        route,
        sender,
        received,
        ..
    } = acquire(route, true).await?
    {
        give_back(route, sender, received).await;
    }
    Ok(())
}

fn lease(route: &Arc<Route>, connection: Connection, may_share: bool) -> Lease {
    match connection {
        Connection::Http1 { sender, received } => Lease::Http1 {
            route: Arc::clone(route),
            sender,
            received,
            is_reused: false,
        },
        Connection::Http2 { sender } => {
            if may_share {
                with_pool(|pool| {
                    let place = pool.places.entry(Arc::clone(route)).or_default();
                    place.shared = Some((sender.clone(), Instant::now()));
                    pool.start_sweeping();
                });
            }
            Lease::Http2 {
                sender,
                is_reused: false,
            }
        }
    }
}

/// Puts a connection back once it is ready for the next request.
pub(crate) fn release(route: Arc<Route>, sender: http1::SendRequest<Outgoing>, received: Received) {
    if sender.is_closed() {
        return;
    }
    if sender.is_ready() {
        with_pool(|pool| pool.put(route, sender, received));
    } else {
        tokio::spawn(give_back(route, sender, received));
    }
}

async fn give_back(
    route: Arc<Route>,
    mut sender: http1::SendRequest<Outgoing>,
    received: Received,
) {
    if sender.ready().await.is_ok() {
        with_pool(|pool| pool.put(route, sender, received));
    }
}

impl Pool {
    fn first_of(&mut self, route: &Arc<Route>) -> Arc<tokio::sync::Mutex<()>> {
        if self.first.len() >= MOST_REMEMBERED {
            self.first.retain(|_, turn| Arc::strong_count(turn) > 1);
        }
        Arc::clone(self.first.entry(Arc::clone(route)).or_default())
    }

    fn remember_http1(&mut self, route: &Arc<Route>) {
        if self.only_http1.len() >= MOST_REMEMBERED {
            self.only_http1.clear();
        }
        self.only_http1.insert(Arc::clone(route));
        self.first.remove(route);
    }

    fn take(&mut self, route: &Arc<Route>) -> Option<Lease> {
        let now = Instant::now();
        let place = self.places.get_mut(route)?;
        if let Some((sender, used)) = &mut place.shared {
            if sender.is_ready() && !sender.is_closed() {
                *used = now;
                return Some(Lease::Http2 {
                    sender: sender.clone(),
                    is_reused: true,
                });
            }
            place.shared = None;
        }
        while let Some(idle) = place.idle.pop() {
            self.idle = self.idle.saturating_sub(1);
            let is_fresh = now.duration_since(idle.since) < IDLE;
            if is_fresh && idle.sender.is_ready() && !idle.sender.is_closed() {
                return Some(Lease::Http1 {
                    route: Arc::clone(route),
                    sender: idle.sender,
                    received: idle.received,
                    is_reused: true,
                });
            }
        }
        None
    }

    fn put(&mut self, route: Arc<Route>, sender: http1::SendRequest<Outgoing>, received: Received) {
        let place = self.places.entry(route).or_default();
        if place.idle.len() >= MOST_IDLE_OF_ROUTE || self.idle >= MOST_IDLE {
            return;
        }
        place.idle.push(Idle {
            sender,
            received,
            since: Instant::now(),
        });
        self.idle += 1;
        self.start_sweeping();
    }

    fn start_sweeping(&mut self) {
        if !self.is_swept {
            self.is_swept = true;
            tokio::spawn(sweep());
        }
    }

    /// Closes what was idle for too long; answers whether anything is left.
    fn drop_expired(&mut self) -> bool {
        let now = Instant::now();
        let is_fresh = |since: Instant| now.duration_since(since) < IDLE;
        self.places.retain(|_, place| {
            place
                .idle
                .retain(|idle| is_fresh(idle.since) && !idle.sender.is_closed());
            // Exchanges under way hold their own handles, so dropping this one ends none of them.
            place.shared = place
                .shared
                .take()
                .filter(|(sender, used)| is_fresh(*used) && !sender.is_closed());
            !place.idle.is_empty() || place.shared.is_some()
        });
        self.idle = self.places.values().map(|place| place.idle.len()).sum();
        self.is_swept = !self.places.is_empty();
        self.is_swept
    }
}

/// Runs while the pool holds anything.
async fn sweep() {
    loop {
        tokio::time::sleep(IDLE / 4).await;
        if !with_pool(Pool::drop_expired) {
            return;
        }
    }
}
