//! Exchanges against servers on loopback that do what real ones rarely do.

mod bodies;
mod codings;
mod http2;
mod proxy;
mod reuse;
mod support;
mod tls;
