//! TLS by rustls: identities, roots, configurations of clients and servers, and a session that turns
//! ciphertext into plaintext over any non-blocking byte stream. The only crate that names rustls.
//! Never opens a socket.

mod authorities;
mod certificate;
mod client;
mod deferred;
mod error;
mod identity;
#[cfg(test)]
mod judge_tests;
mod server;
mod session;
#[cfg(test)]
mod tests;
mod transport;

pub use authorities::Authorities;
pub use certificate::Certificate;
pub use client::{ClientConfig, ClientOptions, client_config, server_name, stream_error};
pub use deferred::{
    Refusal, Versions, deferred_client, deferred_server, judge_client, judge_server,
};
pub use error::TlsError;
pub use identity::Identity;
pub use rustls::pki_types::ServerName;
pub use server::{ServerConfig, ServerOptions, server_config};
pub use session::{Progress, Session};
/// TLS over tokio's streams, for clients on the background runtime.
pub use tokio_rustls::{TlsAcceptor, TlsConnector, client::TlsStream};
pub use transport::Transport;
