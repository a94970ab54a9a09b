//! [`Decoder`]: frames in, messages out, however the input is cut. Holds at most one message, one
//! control frame and one head.

use super::close::{CloseReason, Violation, parse_close};
use super::deflate::Inflater;
use super::frame::{Header, LONGEST_HEADER, Opcode};
use super::mask::unmask;
use std::borrow::Cow;

/// Which side this is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Takes masked frames.
    Server,
    /// Takes frames without a mask.
    Client,
}

/// What has arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event<'a> {
    /// A message of valid UTF-8.
    Text(Cow<'a, [u8]>),
    /// A message of bytes.
    Binary(Cow<'a, [u8]>),
    /// A ping, to be answered with its payload.
    Ping(Cow<'a, [u8]>),
    /// A pong.
    Pong(Cow<'a, [u8]>),
    /// The peer closes; nothing is decoded after it.
    Close(CloseReason),
}

/// A frame whose payload is arriving.
#[derive(Debug, Clone, Copy)]
struct Frame {
    header: Header,
    received: u64,
}

/// A message whose frames are arriving.
#[derive(Debug, Clone, Copy)]
struct Message {
    text: bool,
    compressed: bool,
}

/// See the module documentation.
#[derive(Debug)]
pub struct Decoder {
    role: Role,
    /// Bytes of the largest message, inflated or not.
    limit: usize,
    inflater: Option<Inflater>,
    head: [u8; LONGEST_HEADER],
    head_length: usize,
    frame: Option<Frame>,
    message: Option<Message>,
    payload: Vec<u8>,
    /// Bytes of `payload` known to be UTF-8.
    checked: usize,
    control: Vec<u8>,
    closed: bool,
}

impl Decoder {
    /// A decoder of messages of at most `limit` bytes.
    pub fn new(role: Role, limit: usize, inflater: Option<Inflater>) -> Self {
        Self {
            role,
            limit,
            inflater,
            head: [0; LONGEST_HEADER],
            head_length: 0,
            frame: None,
            message: None,
            payload: Vec::new(),
            checked: 0,
            control: Vec::new(),
            closed: false,
        }
    }

    /// Takes input until there is an event or nothing left, and answers how much it took. The input
    /// is unmasked in place; what was taken must not be offered again.
    ///
    /// # Errors
    /// A violation of the protocol or of the limit. Nothing can be decoded after it.
    pub fn decode<'a>(
        &mut self,
        input: &'a mut [u8],
    ) -> Result<(usize, Option<Event<'a>>), Violation> {
        let total = input.len();
        if self.closed {
            return Ok((total, None));
        }
        let mut rest = input;
        loop {
            let (header_size, frame) = match self.frame.take() {
                Some(frame) => (0, Some(frame)),
                None => self.take_header(rest).inspect_err(|_| self.closed = true)?,
            };
            let (_, after) = rest.split_at_mut(header_size);
            let Some(mut frame) = frame else {
                return Ok((total, None));
            };
            let missing = frame.header.length - frame.received;
            let count = usize::try_from(missing).map_or(after.len(), |all| all.min(after.len()));
            let (bytes, after) = after.split_at_mut(count);
            rest = after;
            if let Some(mask) = frame.header.mask {
                // Only the offset's two lowest bits matter.
                unmask(bytes, mask, (frame.received & 3) as usize);
            }
            frame.received += count as u64;
            let complete = frame.received == frame.header.length;
            let event = if frame.header.opcode.is_control() {
                self.control(&frame.header, bytes, complete)
            } else {
                self.data(&frame.header, bytes, complete)
            }
            .inspect_err(|_| self.closed = true)?;
            if !complete {
                self.frame = Some(frame);
                return Ok((total, None));
            }
            if event.is_some() {
                return Ok((total - rest.len(), event));
            }
        }
    }

    /// Collects a head; answers the bytes it took.
    fn take_header(&mut self, input: &[u8]) -> Result<(usize, Option<Frame>), Violation> {
        let mut used = 0;
        let mut take = |decoder: &mut Self, target: usize| {
            let count = target
                .saturating_sub(decoder.head_length)
                .min(input.len() - used);
            let end = decoder.head_length + count;
            if let (Some(slot), Some(bytes)) = (
                decoder.head.get_mut(decoder.head_length..end),
                input.get(used..used + count),
            ) {
                slot.copy_from_slice(bytes);
            }
            decoder.head_length = end;
            used += count;
            (end >= target, used)
        };
        let (enough, taken) = take(self, 2);
        if !enough {
            return Ok((taken, None));
        }
        let [first, second, ..] = self.head;
        self.check(first, second)?;
        let size = Header::size(second);
        let (enough, taken) = take(self, size);
        if !enough {
            return Ok((taken, None));
        }
        let header = Header::parse(self.head.get(..size).unwrap_or_default())?;
        self.head_length = 0;
        self.begin(&header)?;
        let frame = Frame {
            header,
            received: 0,
        };
        Ok((taken, Some(frame)))
    }

    /// What the first two bytes already tell.
    fn check(&self, first: u8, second: u8) -> Result<(), Violation> {
        let opcode = Header::check(first, second)?;
        let compressed = first & 0x40 != 0;
        let may_compress =
            self.inflater.is_some() && matches!(opcode, Opcode::Text | Opcode::Binary);
        if compressed && !may_compress {
            return Err(Violation::ReservedBits);
        }
        match (self.role, second & 0x80 != 0) {
            (Role::Server, false) => return Err(Violation::NotMasked),
            (Role::Client, true) => return Err(Violation::Masked),
            _ => {}
        }
        match (opcode, self.message.is_some()) {
            (Opcode::Continuation, false) => Err(Violation::Continuation),
            (Opcode::Text | Opcode::Binary, true) => Err(Violation::Interleaved),
            _ => Ok(()),
        }
    }

    fn begin(&mut self, header: &Header) -> Result<(), Violation> {
        if header.opcode.is_control() {
            return Ok(());
        }
        let compressed = match self.message {
            Some(message) => message.compressed,
            None => header.compressed,
        };
        // What does not compress grows a little; what it inflates to is measured as it appears.
        let slack = if compressed { self.limit / 8 + 64 } else { 0 };
        let room = self.limit.saturating_sub(self.payload.len());
        if header.length > room.saturating_add(slack) as u64 {
            return Err(Violation::TooBig);
        }
        if header.opcode != Opcode::Continuation {
            self.message = Some(Message {
                text: header.opcode == Opcode::Text,
                compressed: header.compressed,
            });
        }
        Ok(())
    }

    fn control<'a>(
        &mut self,
        header: &Header,
        bytes: &'a [u8],
        complete: bool,
    ) -> Result<Option<Event<'a>>, Violation> {
        let whole = complete && bytes.len() as u64 == header.length;
        if !whole {
            // At most 125 bytes, checked with the head.
            self.control.extend_from_slice(bytes);
        }
        if !complete {
            return Ok(None);
        }
        let payload = if whole {
            Cow::Borrowed(bytes)
        } else {
            Cow::Owned(std::mem::take(&mut self.control))
        };
        Ok(Some(match header.opcode {
            Opcode::Ping => Event::Ping(payload),
            Opcode::Pong => Event::Pong(payload),
            _ => {
                let reason = parse_close(&payload)?;
                self.closed = true;
                Event::Close(reason)
            }
        }))
    }

    fn data<'a>(
        &mut self,
        header: &Header,
        bytes: &'a [u8],
        complete: bool,
    ) -> Result<Option<Event<'a>>, Violation> {
        let Some(message) = self.message else {
            return Err(Violation::Continuation);
        };
        let ends = complete && header.last;
        let whole = ends
            && !message.compressed
            && header.opcode != Opcode::Continuation
            && bytes.len() as u64 == header.length;
        if whole {
            self.message = None;
            return if message.text {
                std::str::from_utf8(bytes).map_err(|_| Violation::Text)?;
                Ok(Some(Event::Text(Cow::Borrowed(bytes))))
            } else {
                Ok(Some(Event::Binary(Cow::Borrowed(bytes))))
            };
        }
        match &mut self.inflater {
            Some(inflater) if message.compressed => {
                let inflated = inflater.inflate(bytes, ends, &mut self.payload, self.limit);
                // What is wrong first counts, however the message was cut.
                if message.text && inflated.is_err() {
                    self.check_text(false)?;
                }
                inflated?;
            }
            _ => self.payload.extend_from_slice(bytes),
        }
        if message.text {
            self.check_text(ends)?;
        }
        if !ends {
            return Ok(None);
        }
        self.message = None;
        self.checked = 0;
        let payload = Cow::Owned(std::mem::take(&mut self.payload));
        Ok(Some(if message.text {
            Event::Text(payload)
        } else {
            Event::Binary(payload)
        }))
    }

    /// Checks what was added, up to a character that is not complete yet.
    fn check_text(&mut self, ends: bool) -> Result<(), Violation> {
        let new = self.payload.get(self.checked..).unwrap_or_default();
        match std::str::from_utf8(new) {
            Ok(_) => self.checked = self.payload.len(),
            Err(error) if error.error_len().is_none() && !ends => {
                self.checked += error.valid_up_to();
            }
            Err(_) => return Err(Violation::Text),
        }
        Ok(())
    }
}
