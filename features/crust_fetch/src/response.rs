//! [`Incoming`]: the body of a response as JS pulls it: bounded pieces, decoded, and the connection
//! given back at its end. Reads nothing ahead of the reader but what the connection has buffered.

use crate::decode::Decoder;
use crate::error::FetchError;
use crate::pool::{self, Lease};
use bytes::Bytes;
use hyper::body::{Body, Frame};
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

/// Pieces that have arrived are joined up to this size, so that JS is called less often.
const PIECE: usize = 256 * 1024;

/// A body on its way in.
#[derive(Debug)]
pub(crate) struct Incoming {
    body: hyper::body::Incoming,
    decoder: Option<Decoder>,
    lease: Option<Lease>,
    may_keep: bool,
    /// Met behind bytes that came before it; the next read gives it.
    failure: Option<FetchError>,
    is_done: bool,
}

/// The reason phrase of a response; HTTP/2 has none and gets the usual one.
pub(crate) fn reason<B>(response: &hyper::Response<B>) -> String {
    match response.extensions().get::<hyper::ext::ReasonPhrase>() {
        Some(reason) => crate::options::latin1_text(reason.as_bytes()),
        None => response
            .status()
            .canonical_reason()
            .unwrap_or_default()
            .to_owned(),
    }
}

impl Incoming {
    pub(crate) fn new(
        body: hyper::body::Incoming,
        decoder: Option<Decoder>,
        lease: Lease,
        may_keep: bool,
    ) -> Self {
        Self {
            body,
            decoder,
            lease: Some(lease),
            may_keep,
            failure: None,
            is_done: false,
        }
    }

    /// The next bytes; `None` at the end.
    pub(crate) async fn next(&mut self) -> Result<Option<Vec<u8>>, FetchError> {
        loop {
            if let Some(failure) = self.failure.take() {
                self.lease = None;
                return Err(failure);
            }
            if self.is_done {
                return Ok(None);
            }
            if let Some(decoder) = &mut self.decoder
                && let Some(piece) = decoder.pull()?
            {
                return Ok(Some(piece));
            }
            let data = std::future::poll_fn(|cx| self.poll_data(cx)).await?;
            match (&mut self.decoder, data) {
                (None, Some(first)) => return Ok(Some(self.join(first))),
                (Some(decoder), Some(data)) => decoder.feed(data),
                (_, None) => {
                    if let Some(piece) = self.finish()? {
                        return Ok(Some(piece));
                    }
                }
            }
        }
    }

    /// What has arrived already, up to `limit` and a piece. A failure behind it waits for the next
    /// read.
    pub(crate) fn arrived(&mut self, limit: usize) -> Vec<u8> {
        let mut all = Vec::new();
        while all.len() < limit && !self.is_done && self.failure.is_none() {
            let polled = {
                let mut next = std::pin::pin!(self.next());
                next.as_mut().poll(&mut Context::from_waker(Waker::noop()))
            };
            match polled {
                Poll::Ready(Ok(Some(piece))) if all.is_empty() => all = piece,
                Poll::Ready(Ok(Some(piece))) => all.extend_from_slice(&piece),
                Poll::Ready(Err(error)) => self.failure = Some(error),
                Poll::Ready(Ok(None)) | Poll::Pending => break,
            }
        }
        all
    }

    /// Whether everything was read.
    pub(crate) fn is_done(&self) -> bool {
        self.is_done
    }

    /// The connection's part is over; the decoder may have more to give.
    fn finish(&mut self) -> Result<Option<Vec<u8>>, FetchError> {
        self.give_back();
        if let Some(decoder) = &mut self.decoder {
            decoder.end();
            if let Some(piece) = decoder.pull()? {
                return Ok(Some(piece));
            }
            decoder.check()?;
        }
        self.is_done = true;
        Ok(None)
    }

    /// Adds to a piece what has arrived behind it.
    fn join(&mut self, first: Bytes) -> Vec<u8> {
        let mut piece: Vec<u8> = first.into();
        while piece.len() < PIECE {
            match self.poll_data(&mut Context::from_waker(Waker::noop())) {
                Poll::Ready(Ok(Some(more))) => piece.extend_from_slice(&more),
                Poll::Ready(Err(error)) => {
                    self.failure = Some(error);
                    return piece;
                }
                Poll::Ready(Ok(None)) => {
                    self.is_done = true;
                    break;
                }
                Poll::Pending => break,
            }
        }
        if self.is_done || self.body.is_end_stream() {
            self.is_done = true;
            self.give_back();
        }
        piece
    }

    fn poll_data(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<Bytes>, FetchError>> {
        loop {
            let frame = std::task::ready!(Pin::new(&mut self.body).poll_frame(cx));
            return Poll::Ready(match frame.map(|frame| frame.map(Frame::into_data)) {
                None => Ok(None),
                Some(Err(error)) => Err(FetchError::from_hyper(&error)),
                Some(Ok(Ok(data))) if !data.is_empty() => Ok(Some(data)),
                // Empty pieces, and trailers, which JS never sees.
                Some(Ok(_)) => continue,
            });
        }
    }

    fn give_back(&mut self) {
        if let Some(Lease::Http1 {
            route,
            sender,
            received,
            ..
        }) = self.lease.take()
            && self.may_keep
        {
            pool::release(route, sender, received);
        }
    }
}
