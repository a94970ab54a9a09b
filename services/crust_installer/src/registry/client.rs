//! Requests to a registry: credentials, redirects, retries with backoff, limits of size and time.
//! Never interprets a body.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use crust_tls::{Authorities, ClientOptions, client_config};
use http::header::{self, HeaderName, HeaderValue};
use http::{Method, Request, StatusCode, Uri};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper_util::client::legacy::Client as Http;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use tokio::sync::Semaphore;
use url::Url;

use super::connect::{Connector, Proxies};
use crate::config::Config;
use crate::error::InstallError;

/// Redirects followed for one request.
const MOST_REDIRECTS: usize = 5;
/// How long a server may be silent within an answer.
const SILENCE: Duration = Duration::from_mins(1);
/// The first pause before a retry; each one doubles.
const FIRST_PAUSE: Duration = Duration::from_millis(50);
/// The longest pause that a server may ask for.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);
/// The largest answer that is no packument and no tarball: advisories of a large project.
const JSON_LIMIT: usize = 64 << 20;
/// HTTP/2 windows: a tarball of a few megabytes should not wait for updates.
const STREAM_WINDOW: u32 = 4 << 20;
const CONNECTION_WINDOW: u32 = 32 << 20;

/// What is sent.
pub(crate) struct Outgoing {
    pub(crate) method: Method,
    pub(crate) url: Url,
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
    pub(crate) body: Bytes,
}

impl Outgoing {
    pub(crate) fn get(url: &str) -> Result<Self, InstallError> {
        Ok(Self {
            method: Method::GET,
            url: parse(url)?,
            headers: Vec::new(),
            body: Bytes::new(),
        })
    }

    pub(crate) fn header(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.push((name, value));
        }
        self
    }
}

/// An answer, whole.
#[derive(Debug)]
pub(crate) struct Response {
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: http::HeaderMap,
    /// Its body, as sent: not decoded.
    pub body: Bytes,
}

impl Response {
    /// A header as text.
    pub(crate) fn header(&self, name: HeaderName) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

/// The client. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Client {
    http: Http<Connector, Full<Bytes>>,
    config: Arc<Config>,
    permits: Arc<Semaphore>,
}

impl Client {
    /// A client of the configured registries.
    pub(crate) fn new(config: &Arc<Config>) -> Result<Self, InstallError> {
        let authorities = if config.ca.is_empty() {
            None
        } else {
            let texts = config.ca.iter().map(Vec::as_slice);
            let only = Authorities::only(texts);
            Some(only.map_err(|error| InstallError::Config(error.to_string()))?)
        };
        let tls = client_config(ClientOptions {
            authorities,
            accept_any: !config.strict_tls,
            identity: None,
            protocols: vec![b"h2".to_vec(), b"http/1.1".to_vec()],
        })
        .map_err(|error| InstallError::Config(error.to_string()))?;
        let proxy = |text: &Option<String>| -> Result<Option<Uri>, InstallError> {
            let Some(text) = text else { return Ok(None) };
            let uri = text.parse::<Uri>();
            uri.map(Some)
                .map_err(|_| InstallError::Config("the proxy's URL is not one".to_owned()))
        };
        let proxies = Proxies {
            http: proxy(&config.http_proxy)?,
            https: proxy(&config.https_proxy)?,
            except: config
                .no_proxy
                .split(',')
                .map(|name| name.trim().to_owned())
                .filter(|name| !name.is_empty())
                .collect(),
        };
        let connector = Connector {
            tls,
            proxies: Arc::new(proxies),
        };
        let http = Http::builder(TokioExecutor::new())
            .timer(TokioTimer::new())
            .pool_timer(TokioTimer::new())
            .pool_max_idle_per_host(config.network_concurrency)
            .http2_initial_stream_window_size(STREAM_WINDOW)
            .http2_initial_connection_window_size(CONNECTION_WINDOW)
            .build(connector);
        Ok(Self {
            http,
            config: Arc::clone(config),
            permits: Arc::new(Semaphore::new(config.network_concurrency.max(1))),
        })
    }

    /// The settings it was made with.
    pub(crate) fn config(&self) -> &Arc<Config> {
        &self.config
    }

    /// Sends and reads the whole answer, of at most `limit` bytes. `observe` sees every piece as it
    /// comes, and is told to begin anew, by an empty piece, when an attempt is repeated.
    pub(crate) async fn send(
        &self,
        outgoing: &Outgoing,
        limit: usize,
        mut observe: impl FnMut(&[u8]) + Send,
    ) -> Result<Response, InstallError> {
        let mut attempt = 0;
        loop {
            let result = {
                // Closed only when the client is gone.
                let _permit = self.permits.acquire().await;
                self.attempt(outgoing, limit, &mut observe).await
            };
            let pause = match &result {
                Ok(response) => retry_after(response),
                Err(Failed::Transient(_)) => Some(FIRST_PAUSE),
                Err(Failed::Final(_)) => None,
            };
            match pause {
                Some(pause) if attempt < self.config.retries => {
                    attempt += 1;
                    observe(&[]);
                    tokio::time::sleep(backoff(pause, attempt)).await;
                }
                _ => return result.map_err(Failed::into_error),
            }
        }
    }

    /// The JSON at `url`.
    pub(crate) async fn get_json(&self, url: &str) -> Result<serde_json::Value, InstallError> {
        let request = Outgoing::get(url)?.header(header::ACCEPT, "application/json");
        self.json(&request).await
    }

    /// The JSON that answers a request; another status than a success is an error.
    pub(crate) async fn json(&self, request: &Outgoing) -> Result<serde_json::Value, InstallError> {
        let response = self.send(request, JSON_LIMIT, |_| {}).await?;
        if !response.status.is_success() {
            return Err(InstallError::Status {
                url: request.url.to_string(),
                status: response.status.as_u16(),
            });
        }
        serde_json::from_slice(&response.body).map_err(|error| InstallError::Network {
            url: request.url.to_string(),
            reason: format!("the answer is not JSON: {error}"),
        })
    }

    /// Sends what may not be sent twice.
    pub(crate) async fn send_once(
        &self,
        outgoing: &Outgoing,
        limit: usize,
    ) -> Result<Response, InstallError> {
        let result = self.attempt(outgoing, limit, &mut |_: &[u8]| {}).await;
        result.map_err(Failed::into_error)
    }

    async fn attempt(
        &self,
        outgoing: &Outgoing,
        limit: usize,
        observe: &mut (impl FnMut(&[u8]) + Send),
    ) -> Result<Response, Failed> {
        let mut url = outgoing.url.clone();
        for _ in 0..=MOST_REDIRECTS {
            let response = self.once(outgoing, &url).await?;
            let (parts, body) = response.into_parts();
            let location = parts
                .headers
                .get(header::LOCATION)
                .and_then(|value| value.to_str().ok());
            if parts.status.is_redirection()
                && let Some(location) = location
                && outgoing.method == Method::GET
            {
                url = url
                    .join(location)
                    .ok()
                    .filter(|next| matches!(next.scheme(), "http" | "https"))
                    .ok_or_else(|| {
                        Failed::Final(network(&url, "it redirects to something that is no URL"))
                    })?;
                continue;
            }
            // Pieces of a failure are not the content that somebody hashes.
            let success = parts.status.is_success();
            let body = read(body, limit, &url, |piece| {
                if success {
                    observe(piece);
                }
            })
            .await?;
            return Ok(Response {
                status: parts.status,
                headers: parts.headers,
                body,
            });
        }
        Err(Failed::Final(network(&url, "it redirects too often")))
    }

    async fn once(
        &self,
        outgoing: &Outgoing,
        url: &Url,
    ) -> Result<http::Response<Incoming>, Failed> {
        let mut request = Request::builder()
            .method(outgoing.method.clone())
            .uri(url.as_str())
            .header(
                header::USER_AGENT,
                concat!("crust/", env!("CARGO_PKG_VERSION")),
            );
        // Credentials are looked up for each hop, so that none follows a redirect to another place.
        if let Some(credentials) = self.config.registries.credentials(url)
            && let Ok(mut value) = HeaderValue::from_str(credentials.header())
        {
            value.set_sensitive(true);
            request = request.header(header::AUTHORIZATION, value);
        }
        for (name, value) in &outgoing.headers {
            request = request.header(name, value);
        }
        let request = request
            .body(Full::new(outgoing.body.clone()))
            .map_err(|error| Failed::Final(network(url, &error.to_string())))?;
        match tokio::time::timeout(SILENCE, self.http.request(request)).await {
            Ok(Ok(response)) => Ok(response),
            Ok(Err(error)) => Err(Failed::Transient(network(url, &innermost(&error)))),
            Err(_) => Err(Failed::Transient(network(url, "no answer in time"))),
        }
    }
}

/// A failure of an attempt, by whether another one may help.
enum Failed {
    Transient(InstallError),
    Final(InstallError),
}

impl Failed {
    fn into_error(self) -> InstallError {
        match self {
            Self::Transient(error) | Self::Final(error) => error,
        }
    }
}

async fn read(
    mut body: Incoming,
    limit: usize,
    url: &Url,
    mut observe: impl FnMut(&[u8]),
) -> Result<Bytes, Failed> {
    let too_large = || {
        Failed::Final(network(
            url,
            &format!("the answer is larger than {limit} bytes"),
        ))
    };
    let expected =
        usize::try_from(hyper::body::Body::size_hint(&body).lower()).unwrap_or(usize::MAX);
    if expected > limit {
        return Err(too_large());
    }
    // A promise of size is only believed up to a megabyte before bytes come.
    let mut whole = Vec::with_capacity(expected.min(1 << 20));
    loop {
        let frame = tokio::time::timeout(SILENCE, body.frame())
            .await
            .map_err(|_| Failed::Transient(network(url, "the answer stopped")))?;
        let Some(frame) = frame else {
            return Ok(whole.into());
        };
        let frame = frame.map_err(|error| Failed::Transient(network(url, &innermost(&error))))?;
        if let Ok(piece) = frame.into_data() {
            if whole.len() + piece.len() > limit {
                return Err(too_large());
            }
            observe(&piece);
            whole.extend_from_slice(&piece);
        }
    }
}

/// How long to wait before an answer of this status is asked for again.
fn retry_after(response: &Response) -> Option<Duration> {
    let transient = matches!(
        response.status.as_u16(),
        408 | 425 | 429 | 500 | 502 | 503 | 504
    );
    if !transient {
        return None;
    }
    let asked = response
        .header(header::RETRY_AFTER)
        .and_then(|text| text.parse().ok())
        .map(Duration::from_secs);
    Some(asked.unwrap_or(FIRST_PAUSE).min(LONGEST_PAUSE))
}

/// The pause before attempt `attempt`, spread so that clients do not come back together.
fn backoff(first: Duration, attempt: u32) -> Duration {
    let pause = first
        .saturating_mul(1 << (attempt - 1).min(10))
        .min(LONGEST_PAUSE);
    let nanoseconds = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .map_or(0, |now| now.subsec_nanos());
    pause + pause.mul_f64(f64::from(nanoseconds % 1000) / 2000.0)
}

pub(crate) fn parse(url: &str) -> Result<Url, InstallError> {
    Url::parse(url)
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
        .ok_or_else(|| InstallError::Network {
            url: url.to_owned(),
            reason: "this is not an http or https URL".to_owned(),
        })
}

fn network(url: &Url, reason: &str) -> InstallError {
    let mut shown = url.clone();
    let _ = shown.set_password(None);
    InstallError::Network {
        url: shown.to_string(),
        reason: reason.to_owned(),
    }
}

/// The cause at the bottom, which says what happened.
fn innermost(error: &dyn std::error::Error) -> String {
    let mut current = error;
    while let Some(source) = current.source() {
        current = source;
    }
    let text = current.to_string();
    match text.find(" (os error") {
        Some(end) => text[..end].to_owned(),
        None => text,
    }
}
