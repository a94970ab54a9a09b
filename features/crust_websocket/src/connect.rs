//! Clients: names and TCP in the background, TLS and the handshake on the loop.

use crate::hub::News;
use crate::ops::{count, hub_at};
use crate::random;
use crate::socket::{ClientRequest, Socket};
use crust_core::{Call, Op, OpError, OpResult, Runtime, Throw, background};
use crust_tls::{
    Authorities, ClientConfig, ClientOptions, Identity, Session, TlsError, Transport,
    client_config, server_name,
};
use crust_wire::websocket::make_key;
use crust_wire::{connect_request, parse_connect_response};
use std::any::Any;
use std::io;
use std::net::TcpStream;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

pub(crate) const OPS: &[Op] = &[Op::new("connect", connect)];

/// What a program reads when the server, or the way to it, does not answer in time.
pub(crate) const TIMED_OUT: &str = "The handshake timed out";

/// Where a connection goes.
struct Target {
    host: String,
    port: u16,
    proxy: Option<Proxy>,
}

/// A proxy that is asked for a tunnel, in the clear.
struct Proxy {
    host: String,
    port: u16,
    fields: String,
}

/// `connect(hub, token, host, port, request, tls | undefined, milliseconds, proxy | undefined)`: JS is
/// told `Connected` with the token and the socket's key, or `Failed` with the token as a negative number
/// and why. `request` is the request without `Sec-WebSocket-Key` and the empty line.
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
    let deadline = Instant::now() + Duration::from_millis(cx.integer::<u32>(6)?.into());
    let target = Target {
        host: host.clone(),
        port,
        proxy: proxy(cx)?,
    };
    let finish = move |scope: crust_core::Scope<'_>, outcome: Box<dyn Any>| {
        let Ok(outcome) = outcome.downcast::<io::Result<TcpStream>>() else {
            return;
        };
        let opened = outcome.and_then(|stream| {
            let session = match &tls {
                None => None,
                Some(config) => Some(session(config, &host).map_err(io::Error::other)?),
            };
            let transport = Transport::new(stream.into(), session);
            let request = ClientRequest {
                head: request,
                key,
                deadline,
            };
            Socket::connect(&hub, transport, request)
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
        let outcome: io::Result<TcpStream> =
            match tokio::time::timeout_at(deadline.into(), open(&target)).await {
                Ok(outcome) => outcome,
                Err(_) => Err(io::Error::new(io::ErrorKind::TimedOut, TIMED_OUT)),
            };
        completion.complete(Box::new(outcome));
    });
    Ok(count(cx, 0))
}

async fn open(target: &Target) -> io::Result<TcpStream> {
    let Some(proxy) = &target.proxy else {
        return dial(&target.host, target.port).await?.into_std();
    };
    let mut stream = dial(&proxy.host, proxy.port).await?;
    tunnel(&mut stream, target, &proxy.fields).await?;
    stream.into_std()
}

async fn dial(host: &str, port: u16) -> io::Result<tokio::net::TcpStream> {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let stream = tokio::net::TcpStream::connect((bare, port)).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// Asks a proxy for a way to the target.
async fn tunnel(
    stream: &mut tokio::net::TcpStream,
    target: &Target,
    fields: &str,
) -> io::Result<()> {
    let request = connect_request(&target.host, target.port, fields);
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    loop {
        if stream.read_buf(&mut answer).await? == 0 {
            return Err(io::Error::from(io::ErrorKind::UnexpectedEof));
        }
        match parse_connect_response(&answer).map_err(io::Error::other)? {
            None => {}
            Some(length) if length == answer.len() => return Ok(()),
            // The server speaks after the client does; what came is not its.
            Some(_) => return Err(io::Error::other("the proxy said more than it was asked")),
        }
    }
}

fn proxy<'s>(cx: &Call<'s>) -> Result<Option<Proxy>, Throw<'s>> {
    let given = cx.value(7);
    if !given.is_object() {
        return Ok(None);
    }
    let port = given.get("port")?.to_number()?;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a port of a parsed URL; saturates"
    )]
    let port = port as u16;
    Ok(Some(Proxy {
        host: given.get("host")?.to_text()?,
        port,
        fields: given.get("fields")?.to_text()?,
    }))
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
