//! The terminal that programs get by default. It opens none.

use core::fmt;
use core::num::NonZeroU8;

/// How a terminal treats what is typed and printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum TerminalMode {
    /// No terminal is opened.
    Disabled = 0,
    /// Lines with editing and echo, as a shell's.
    Cooked = 1,
    /// Bytes as they come.
    Raw = 2,
    /// A pipe in place of a terminal.
    Pipe = 3,
}

impl TerminalMode {
    /// Every mode, by number.
    pub const ALL: [Self; 4] = [Self::Disabled, Self::Cooked, Self::Raw, Self::Pipe];

    /// The mode with the number `byte`.
    #[inline]
    pub const fn of_byte(byte: u8) -> Option<Self> {
        Some(match byte {
            0 => Self::Disabled,
            1 => Self::Cooked,
            2 => Self::Raw,
            3 => Self::Pipe,
            _ => return None,
        })
    }

    /// `disabled`, `cooked`, `raw` or `pipe`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Disabled => "disabled",
            Self::Cooked => "cooked",
            Self::Raw => "raw",
            Self::Pipe => "pipe",
        }
    }

    /// The mode called `name`.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mode| mode.name() == name)
    }
}

impl fmt::Display for TerminalMode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// Mode and size of a terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Terminal {
    /// How it treats what is typed and printed.
    pub mode: TerminalMode,
    /// Lines of text.
    pub rows: NonZeroU8,
    /// Characters of a line.
    pub columns: NonZeroU8,
}

impl Terminal {
    /// Cooked, 24 rows of 80 columns.
    pub const DEFAULT: Self = Self {
        mode: TerminalMode::Cooked,
        rows: NonZeroU8::new(24).unwrap(),
        columns: NonZeroU8::new(80).unwrap(),
    };
}

impl Default for Terminal {
    fn default() -> Self {
        Self::DEFAULT
    }
}
