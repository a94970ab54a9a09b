//! Negotiation of permessage-deflate (RFC 7692 §5, §7.1). Knows no other extension.

/// What a server wants of compression.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeflatePolicy {
    /// Compress each of our messages anew, so that one compressor serves all sockets.
    pub forget_ours: bool,
    /// Ask the client to compress each message anew.
    pub forget_theirs: bool,
    /// Largest window of our compressor, 9 to 15.
    pub window: u8,
}

/// What both sides agreed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeflateOffer {
    /// The server compresses each message anew.
    pub server_forgets: bool,
    /// The client compresses each message anew.
    pub client_forgets: bool,
    /// Window of the server's compressor.
    pub server_window: u8,
    /// Window of the client's compressor.
    pub client_window: u8,
}

const NAME: &str = "permessage-deflate";

/// `client_max_window_bits`, which an offer may name without a value.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum ClientWindow {
    #[default]
    Absent,
    Named,
    Bits(u8),
}

#[derive(Debug, Default)]
struct Parameters {
    server_forgets: bool,
    client_forgets: bool,
    server_window: Option<u8>,
    client_window: ClientWindow,
}

/// Reads the parameters of one offer; `None` when one is unknown, repeated or out of range.
fn parameters<'a>(texts: impl Iterator<Item = &'a str>) -> Option<Parameters> {
    let mut result = Parameters::default();
    for text in texts {
        let (name, value) = match text.split_once('=') {
            Some((name, value)) => (name.trim(), Some(window(value.trim())?)),
            None => (text.trim(), None),
        };
        match (name, value) {
            ("server_no_context_takeover", None) if !result.server_forgets => {
                result.server_forgets = true;
            }
            ("client_no_context_takeover", None) if !result.client_forgets => {
                result.client_forgets = true;
            }
            ("server_max_window_bits", Some(bits)) if result.server_window.is_none() => {
                result.server_window = Some(bits);
            }
            ("client_max_window_bits", bits) if result.client_window == ClientWindow::Absent => {
                result.client_window = bits.map_or(ClientWindow::Named, ClientWindow::Bits);
            }
            _ => return None,
        }
    }
    Some(result)
}

fn window(text: &str) -> Option<u8> {
    let bare = text
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
        .unwrap_or(text);
    match bare.as_bytes() {
        [b'8' | b'9'] | [b'1', b'0'..=b'5'] => bare.parse().ok(),
        _ => None,
    }
}

/// The first offer of `Sec-WebSocket-Extensions` that fits, with the answer for the client.
pub fn accept_offer(offers: &str, policy: DeflatePolicy) -> Option<(DeflateOffer, String)> {
    offers
        .split(',')
        .find_map(|offer| accept_one(offer, policy))
}

fn accept_one(text: &str, policy: DeflatePolicy) -> Option<(DeflateOffer, String)> {
    let mut parts = text.split(';');
    if !parts.next()?.trim().eq_ignore_ascii_case(NAME) {
        return None;
    }
    let asked = parameters(parts)?;
    // zlib has no window of 8 for raw DEFLATE.
    if asked.server_window == Some(8) {
        return None;
    }
    let server_window = asked.server_window.unwrap_or(15).min(policy.window);
    let server_forgets = asked.server_forgets || policy.forget_ours;
    let client_forgets = asked.client_forgets || policy.forget_theirs;
    let mut answer = NAME.to_owned();
    if server_forgets {
        answer.push_str("; server_no_context_takeover");
    }
    if client_forgets {
        answer.push_str("; client_no_context_takeover");
    }
    if server_window < 15 {
        answer.push_str("; server_max_window_bits=");
        answer.push_str(&server_window.to_string());
    }
    let agreed = DeflateOffer {
        server_forgets,
        client_forgets,
        server_window,
        client_window: 15,
    };
    Some((agreed, answer))
}

/// What a client offers.
pub fn offer() -> &'static str {
    "permessage-deflate; client_max_window_bits"
}

/// Reads a server's answer to [`offer`]. `Ok(None)` when it declined.
///
/// # Errors
/// An answer to something that was not offered.
pub fn read_agreement(answer: &str) -> Result<Option<DeflateOffer>, UnexpectedExtension> {
    if answer.trim().is_empty() {
        return Ok(None);
    }
    let mut parts = answer.split(';');
    let name = parts.next().unwrap_or_default().trim();
    if answer.contains(',') || !name.eq_ignore_ascii_case(NAME) {
        return Err(UnexpectedExtension);
    }
    let agreed = parameters(parts).ok_or(UnexpectedExtension)?;
    let client_window = match agreed.client_window {
        ClientWindow::Absent => 15,
        ClientWindow::Bits(bits) => bits,
        ClientWindow::Named => return Err(UnexpectedExtension),
    };
    Ok(Some(DeflateOffer {
        server_forgets: agreed.server_forgets,
        client_forgets: agreed.client_forgets,
        server_window: agreed.server_window.unwrap_or(15),
        client_window,
    }))
}

/// An extension nobody asked for, or with parameters nobody understands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the server agreed to an extension that was not offered")]
pub struct UnexpectedExtension;
