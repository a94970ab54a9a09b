//! [`StaticResponse`]: a response kept encoded, with an entity tag, for routes that always answer the
//! same.

use crate::compression::{self, Coding, Compressed, Compression};
use crate::conditional;
use crate::exchange::Exchange;
use crate::reply::Reply;
use sha1::{Digest, Sha1};

/// The parts of a response.
pub(crate) struct StaticResponse {
    status: u16,
    text: String,
    fields: Vec<u8>,
    body: Vec<u8>,
    tag: Option<Vec<u8>>,
    compression: Option<Compression>,
    forms: Vec<(Coding, Compressed)>,
}

impl StaticResponse {
    /// Keeps a response. `fields` are complete lines. Successful ones get an entity tag unless they
    /// bring their own.
    pub(crate) fn new(status: u16, text: String, mut fields: Vec<u8>, body: Vec<u8>) -> Self {
        let own = conditional::line_value(&fields, b"etag").map(<[u8]>::to_vec);
        let tag = match own {
            Some(tag) => Some(tag),
            None if status == 200 && !body.is_empty() => {
                let tag = tag_of(&body);
                fields.extend_from_slice(b"ETag: ");
                fields.extend_from_slice(&tag);
                fields.extend_from_slice(b"\r\n");
                Some(tag)
            }
            None => None,
        };
        Self {
            status,
            text,
            fields,
            body,
            tag,
            compression: None,
            forms: Vec::new(),
        }
    }

    /// Keeps compressed forms beside the plain one, so that each is made once.
    pub(crate) fn compress(&mut self, compression: &Compression) {
        for coding in &compression.codings {
            let head = format!(
                "GET / HTTP/1.1\r\nAccept-Encoding: {}\r\n\r\n",
                coding.name()
            );
            let chosen = compression.choose(head.as_bytes(), &self.fields, self.body.len());
            if chosen == Some(*coding)
                && let Some(form) = compression::compress(*coding, &self.fields, &self.body)
            {
                self.forms.push((*coding, form));
            }
        }
        if !self.forms.is_empty() {
            self.fields.extend_from_slice(b"Vary: Accept-Encoding\r\n");
            self.compression = Some(compression.clone());
        }
    }

    /// The form for a client.
    fn form(&self, head: &[u8]) -> (&[u8], &[u8]) {
        let coding = self
            .compression
            .as_ref()
            .and_then(|compression| compression.choose(head, &self.fields, self.body.len()));
        self.forms
            .iter()
            .find(|(form, _)| Some(*form) == coding)
            .map_or((&self.fields, &self.body), |(_, form)| {
                (&form.fields, &form.body)
            })
    }

    /// Answers a request, with 304 when the client has this already.
    pub(crate) fn send(&self, exchange: &dyn Exchange, head: &[u8]) {
        let known = self
            .tag
            .as_ref()
            .is_some_and(|tag| conditional::matches_tag(head, tag));
        let (fields, body) = self.form(head);
        let mut reply = Reply {
            status: self.status,
            text: &self.text,
            fields,
        };
        if known {
            reply.status = 304;
            reply.text = crust_wire::reason(304);
            exchange.respond(&reply, b"");
        } else {
            exchange.respond(&reply, body);
        }
    }
}

/// A strong tag: equal for equal bytes only, as far as 64 bits of SHA-1 tell.
fn tag_of(body: &[u8]) -> Vec<u8> {
    let digest = Sha1::digest(body);
    let mut tag = vec![b'"'];
    for byte in digest.iter().take(8) {
        tag.extend_from_slice(format!("{byte:02x}").as_bytes());
    }
    tag.push(b'"');
    tag
}
