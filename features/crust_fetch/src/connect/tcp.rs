//! A TCP connection to a name: its addresses are tried one after the other, the next one as soon as
//! the present one is slow or refused (RFC 8305).

use super::dns;
use crate::error::FetchError;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::timeout;

/// How long an address has before the next one is tried as well.
const HEAD_START: Duration = Duration::from_millis(250);
/// Addresses tried: names with more are misconfigured.
const MOST_ADDRESSES: usize = 16;

type Attempt = (IpAddr, std::io::Result<TcpStream>);

pub(super) async fn connect(host: &str, port: u16) -> Result<TcpStream, FetchError> {
    let addresses = dns::lookup(host).await?;
    let result = match addresses.as_slice() {
        [only] => attempt(*only, port).await.1,
        several => race(host, several, port).await,
    };
    match result {
        Ok(stream) => {
            // A socket without the option works as well, only slower.
            let _ = stream.set_nodelay(true);
            Ok(stream)
        }
        Err(error) => {
            dns::forget(host);
            Err(FetchError::from_io(&error))
        }
    }
}

async fn attempt(address: IpAddr, port: u16) -> Attempt {
    (
        address,
        TcpStream::connect(SocketAddr::new(address, port)).await,
    )
}

/// Dropping the set ends the attempts that lost.
async fn race(host: &str, addresses: &[IpAddr], port: u16) -> std::io::Result<TcpStream> {
    let mut waiting = addresses.iter().take(MOST_ADDRESSES);
    let mut attempts = JoinSet::new();
    let mut last = std::io::Error::from(std::io::ErrorKind::ConnectionRefused);
    loop {
        let started = waiting.next().map(|address| {
            attempts.spawn(attempt(*address, port));
        });
        let finished = match started {
            Some(()) => timeout(HEAD_START, attempts.join_next()).await,
            None => Ok(attempts.join_next().await),
        };
        match finished {
            Ok(Some(Ok((address, Ok(stream))))) => {
                dns::prefer(host, address);
                return Ok(stream);
            }
            Ok(Some(Ok((_, Err(error))))) => last = error,
            Ok(None) if started.is_none() => return Err(last),
            // Too slow so far, or a task that was ended with the runtime.
            Ok(Some(Err(_)) | None) | Err(_) => {}
        }
    }
}
