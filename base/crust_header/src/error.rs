//! Why bytes are no header.

use core::fmt;

/// Why bytes were refused. Each has a code and a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HeaderError {
    /// Fewer bytes than a header has.
    Short {
        /// How many there were.
        length: usize,
    },
    /// The first four bytes are not the magic.
    Magic,
    /// The bytes are Bun's own binary lockfile.
    BunLockfile,
    /// The checksum does not belong to the fields.
    Checksum {
        /// The one in the file.
        stored: u64,
        /// The one of the fields.
        computed: u64,
    },
    /// A config version that this program does not know.
    Version(u8),
    /// No terminal mode has this number.
    TerminalMode(u8),
    /// A terminal without rows.
    Rows,
    /// A terminal without columns.
    Columns,
    /// A reserved byte is not zero.
    Reserved {
        /// Where it is.
        offset: usize,
    },
}

impl HeaderError {
    /// A stable name for programs.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Short { .. } => "ERR_CONFIG_SHORT",
            Self::Magic => "ERR_CONFIG_MAGIC",
            Self::BunLockfile => "ERR_CONFIG_BUN_LOCKFILE",
            Self::Checksum { .. } => "ERR_CONFIG_CHECKSUM",
            Self::Version(_) => "ERR_CONFIG_VERSION",
            Self::TerminalMode(_) | Self::Rows | Self::Columns => "ERR_CONFIG_RANGE",
            Self::Reserved { .. } => "ERR_CONFIG_RESERVED",
        }
    }
}

impl fmt::Display for HeaderError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Short { length } => {
                write!(out, "it has {length} bytes, fewer than the 104 of a header")
            }
            Self::Magic => out.write_str("it does not start with the letters BUN1"),
            Self::BunLockfile => {
                out.write_str("it is a binary lockfile of Bun, which is never changed")
            }
            Self::Checksum { stored, computed } => write!(
                out,
                "its checksum is {stored:#018x}, but that of its fields is {computed:#018x}"
            ),
            Self::Version(version) => write!(
                out,
                "its config version is {version}; this program knows 0 and 1"
            ),
            Self::TerminalMode(mode) => {
                write!(out, "its terminal mode is {mode}; the modes are 0 to 3")
            }
            Self::Rows => out.write_str("its terminal has 0 rows; there are 1 to 255"),
            Self::Columns => out.write_str("its terminal has 0 columns; there are 1 to 255"),
            Self::Reserved { offset } => {
                write!(out, "its reserved byte {offset} is not zero")
            }
        }
    }
}

impl core::error::Error for HeaderError {}
