//! Clients: names and TCP in the background, TLS and the handshake on the loop.

use crate::hub::News;
use crate::ops::{count, hub_at};
use crate::random;
use crate::socket::Socket;
use crust_core::{Call, Op, OpError, OpResult, Runtime, Throw, background};
use crust_tls::{
    Authorities, ClientConfig, ClientOptions, Identity, Session, TlsError, Transport,
    client_config, server_name,
};
use crust_wire::websocket::make_key;
use std::any::Any;
use std::io;
use std::net::TcpStream;

pub(crate) const OPS: &[Op] = &[Op::new("connect", connect)];

/// `connect(hub, token, host, port, request, tls | undefined)`: JS is told `Connected` with the token
/// and the socket's key, or `Failed` with the token as a negative number. `request` is the request
/// without `Sec-WebSocket-Key` and the empty line.
fn connect<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let hub = hub_at(cx, 0)?;
    let token = cx.number(1)?;
    let (host, port) = (cx.string(2)?, cx.integer::<u16>(3)?);
    let key = make_key(random::bytes());
    let request = format!("{}Sec-WebSocket-Key: {key}\r\n\r\n", cx.string(4)?);
    let request: Vec<u8> = request
        .chars()
        .map(|character| u8::try_from(u32::from(character)).unwrap_or(b'?'))
        .collect();
    let tls = if cx.value(5).is_object() {
        Some(tls_config(cx)?)
    } else {
        None
    };
    let name = host.clone();
    let finish = move |scope: crust_core::Scope<'_>, outcome: Box<dyn Any>| {
        let Ok(outcome) = outcome.downcast::<io::Result<TcpStream>>() else {
            return;
        };
        let opened = outcome.and_then(|stream| {
            let session = match &tls {
                None => None,
                Some(config) => Some(session(config, &name).map_err(io::Error::other)?),
            };
            let transport = Transport::new(stream.into(), session);
            Socket::connect(&hub, transport, &request, key)
        });
        match opened {
            Ok(socket) => {
                #[expect(clippy::cast_precision_loss, reason = "a number of a slab")]
                let socket = scope.number(socket as f64);
                hub.tell(scope, News::Connected, &[scope.number(token), socket]);
            }
            Err(error) => {
                let message = scope.string(&error.to_string());
                hub.tell(scope, News::Failed, &[scope.number(-token), message]);
            }
        }
    };
    let completion = Runtime::current().event_loop().completion(finish);
    let background =
        background::runtime().ok_or_else(|| OpError::error("no background threads can be made"))?;
    background.spawn(async move {
        let outcome: io::Result<TcpStream> = open(&host, port).await;
        completion.complete(Box::new(outcome));
    });
    Ok(count(cx, 0))
}

async fn open(host: &str, port: u16) -> io::Result<TcpStream> {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let stream = tokio::net::TcpStream::connect((bare, port)).await?;
    stream.set_nodelay(true)?;
    stream.into_std()
}

fn session(config: &ClientConfig, host: &str) -> Result<Session, TlsError> {
    Session::client(config, server_name(host)?)
}

fn tls_config<'s>(cx: &Call<'s>) -> Result<ClientConfig, Throw<'s>> {
    let options = cx.value(5);
    let text = |name: &str| -> Result<Option<String>, Throw<'s>> {
        let value = options.get(name)?;
        Ok(if value.is_nullish() {
            None
        } else {
            Some(value.to_text()?)
        })
    };
    let wrong = |error: TlsError| OpError::error(error.to_string()).code(error.code());
    let authorities = match text("ca")? {
        Some(ca) => Some(Authorities::only([ca.as_bytes()]).map_err(wrong)?),
        None => None,
    };
    let identity = match (text("cert")?, text("key")?) {
        (Some(cert), Some(key)) => {
            let passphrase = text("passphrase")?;
            let passphrase = passphrase.as_deref().map(str::as_bytes);
            Some(Identity::new(cert.as_bytes(), key.as_bytes(), passphrase).map_err(wrong)?)
        }
        _ => None,
    };
    let options = ClientOptions {
        authorities,
        accept_any: options.get("acceptAny")?.to_boolean(),
        identity,
        protocols: vec![b"http/1.1".to_vec()],
    };
    Ok(client_config(options).map_err(wrong)?)
}
