//! The head of a frame (RFC 6455 §5.2) and whole frames to send.

use super::close::Violation;
use super::mask::unmask;

/// What a frame is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opcode {
    /// Goes on with a message.
    Continuation,
    /// Begins a message of UTF-8 text.
    Text,
    /// Begins a message of bytes.
    Binary,
    /// Closes the connection.
    Close,
    /// Asks for a pong.
    Ping,
    /// Answers a ping.
    Pong,
}

impl Opcode {
    fn of(bits: u8) -> Option<Self> {
        Some(match bits {
            0 => Self::Continuation,
            1 => Self::Text,
            2 => Self::Binary,
            8 => Self::Close,
            9 => Self::Ping,
            10 => Self::Pong,
            _ => return None,
        })
    }

    fn bits(self) -> u8 {
        match self {
            Self::Continuation => 0,
            Self::Text => 1,
            Self::Binary => 2,
            Self::Close => 8,
            Self::Ping => 9,
            Self::Pong => 10,
        }
    }

    /// Close, ping and pong: short, whole, and allowed between the frames of a message.
    pub fn is_control(self) -> bool {
        matches!(self, Self::Close | Self::Ping | Self::Pong)
    }
}

/// Bytes of the longest head: two, a 64-bit length, a mask.
pub const LONGEST_HEADER: usize = 14;
/// Longest payload of a control frame (§5.5).
pub(super) const LONGEST_CONTROL: u64 = 125;

/// Length bits that announce a 16-bit length.
const SHORT: u8 = 0x7e;
/// Length bits that announce a 64-bit length.
const LONG: u8 = 0x7f;

/// The head of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// The last frame of its message.
    pub last: bool,
    /// RSV1: the message is compressed.
    pub compressed: bool,
    /// What the frame is.
    pub opcode: Opcode,
    /// Bytes of payload.
    pub length: u64,
    /// The mask of the payload; frames of clients have one.
    pub mask: Option<[u8; 4]>,
}

impl Header {
    /// How many bytes a head has that begins with these two.
    pub(super) fn size(second: u8) -> usize {
        let length = match second & 0x7f {
            SHORT => 2,
            LONG => 8,
            _ => 0,
        };
        2 + length + if second & 0x80 == 0 { 0 } else { 4 }
    }

    /// Checks the first two bytes, before the rest of the head is there.
    pub(super) fn check(first: u8, second: u8) -> Result<Opcode, Violation> {
        let opcode = Opcode::of(first & 0x0f).ok_or(Violation::Opcode)?;
        if first & 0x30 != 0 {
            return Err(Violation::ReservedBits);
        }
        if opcode.is_control() {
            if first & 0x80 == 0 {
                return Err(Violation::FragmentedControl);
            }
            if u64::from(second & 0x7f) > LONGEST_CONTROL {
                return Err(Violation::LongControl);
            }
        }
        Ok(opcode)
    }

    /// Reads a head of the size that [`Header::size`] says.
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, Violation> {
        let byte = |index: usize| bytes.get(index).copied().unwrap_or_default();
        let (first, second) = (byte(0), byte(1));
        let opcode = Self::check(first, second)?;
        let big_endian = |count: usize| {
            let digits = bytes.get(2..2 + count).unwrap_or_default();
            let value = digits
                .iter()
                .fold(0_u64, |value, digit| value << 8 | u64::from(*digit));
            (value, 2 + count)
        };
        let (length, mask_at) = match second & 0x7f {
            SHORT => big_endian(2),
            LONG => big_endian(8),
            short => (u64::from(short), 2),
        };
        if length >> 63 != 0 {
            return Err(Violation::Length);
        }
        let mask =
            (second & 0x80 != 0).then(|| [0, 1, 2, 3].map(|index: usize| byte(mask_at + index)));
        Ok(Self {
            last: first & 0x80 != 0,
            compressed: first & 0x40 != 0,
            opcode,
            length,
            mask,
        })
    }

    /// Appends the head.
    pub fn append(&self, output: &mut Vec<u8>) {
        let mut first = self.opcode.bits();
        if self.last {
            first |= 0x80;
        }
        if self.compressed {
            first |= 0x40;
        }
        let masked = if self.mask.is_some() { 0x80 } else { 0 };
        output.push(first);
        if let Ok(length @ 0..=125) = u8::try_from(self.length) {
            output.push(masked | length);
        } else if let Ok(length) = u16::try_from(self.length) {
            output.push(masked | SHORT);
            output.extend_from_slice(&length.to_be_bytes());
        } else {
            output.push(masked | LONG);
            output.extend_from_slice(&self.length.to_be_bytes());
        }
        if let Some(mask) = self.mask {
            output.extend_from_slice(&mask);
        }
    }
}

/// Appends a whole message or control message as one frame. Clients pass a fresh mask.
pub fn append_frame(
    output: &mut Vec<u8>,
    opcode: Opcode,
    compressed: bool,
    mask: Option<[u8; 4]>,
    payload: &[u8],
) {
    output.reserve(LONGEST_HEADER + payload.len());
    let header = Header {
        last: true,
        compressed,
        opcode,
        length: payload.len() as u64,
        mask,
    };
    header.append(output);
    let start = output.len();
    output.extend_from_slice(payload);
    if let (Some(mask), Some(sent)) = (mask, output.get_mut(start..)) {
        unmask(sent, mask, 0);
    }
}
