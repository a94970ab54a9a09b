//! The messages between daemon and holder. This protocol changes rarely: a new daemon meets holders that
//! were started by an older binary. Unknown fields are ignored; the version says the rest.

use std::path::PathBuf;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Raised when an old holder could misunderstand.
pub(crate) const VERSION: u32 = 1;

/// What the daemon (or an application) asks of the holder.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "op", rename_all = "lowercase")]
pub(crate) enum Request {
    /// The daemon introduces itself; answered by [`Reply::Hello`].
    Hello { version: u32 },
    /// Start a process.
    Spawn(Box<Spawn>),
    /// Signal a process, or its group.
    Signal {
        key: String,
        signal: i32,
        group: bool,
    },
    /// Kill what is left of the group and of escaped descendants of a process that ended.
    Sweep { key: String },
    /// Replace what is remembered for the next daemon.
    Note { key: String, note: NoteText },
    /// The end of this process is known; forget it.
    Forget { key: String },
    /// Close the listening sockets of an application.
    Release { app: String },
    /// A line for the application's message channel.
    Message { key: String, text: String },
    /// Open log files anew.
    Reopen,
    /// An application asks for the socket that listens at an address; answered with a descriptor.
    Listen {
        key: String,
        host: String,
        port: u16,
    },
    /// End; applications stay.
    Quit,
}

/// What the daemon has the holder remember, as JSON text: the holder never looks into it, and a text takes a tenth
/// of the room of the values in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct NoteText(Box<str>);

impl NoteText {
    pub(crate) fn of(note: &impl Serialize) -> Self {
        Self(serde_json::to_string(note).unwrap_or_default().into())
    }

    pub(crate) fn read<T: DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_str(&self.0).ok()
    }
}

impl Serialize for NoteText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for NoteText {
    /// Daemons of before sent, and holders of before send, the values themselves.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match serde_json::Value::deserialize(deserializer)? {
            serde_json::Value::String(text) => Self(text.into()),
            value => Self(value.to_string().into()),
        })
    }
}

/// How to start a process.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Spawn {
    /// Unique for this process.
    pub(crate) key: String,
    /// The application, whose processes share listening sockets.
    pub(crate) app: String,
    pub(crate) program: PathBuf,
    pub(crate) args: Vec<String>,
    pub(crate) env: Vec<(String, String)>,
    pub(crate) cwd: PathBuf,
    pub(crate) uid: Option<u32>,
    pub(crate) gid: Option<u32>,
    /// Files of the output; none is nowhere.
    pub(crate) out: Option<PathBuf>,
    pub(crate) err: Option<PathBuf>,
    /// The output passes through the holder.
    pub(crate) capture: Option<Capture>,
    /// It gets a message channel.
    pub(crate) channel: bool,
    /// Folders of the control groups it belongs to.
    pub(crate) cgroups: Vec<PathBuf>,
    /// What the next daemon must know of it.
    pub(crate) note: NoteText,
}

/// What is done with captured output.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Capture {
    pub(crate) time: bool,
    pub(crate) json: bool,
    /// Name of the process in JSON records.
    pub(crate) label: String,
    pub(crate) max_size: Option<u64>,
    pub(crate) max_age: Option<u64>,
    pub(crate) keep: u32,
    /// Output that the disk does not take is dropped and counted; else the program waits.
    pub(crate) drop: bool,
}

/// What the holder says.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "lowercase")]
pub(crate) enum Reply {
    Hello {
        version: u32,
        pid: u32,
        children: Vec<Child>,
    },
    Spawned {
        key: String,
        pid: u32,
    },
    Failed {
        key: String,
        error: String,
        errno: i32,
    },
    Exited {
        key: String,
        end: End,
    },
    /// A process got its listening socket.
    Listening {
        key: String,
        host: String,
        port: u16,
    },
    /// A line of the message channel.
    Message {
        key: String,
        text: String,
    },
    /// Output cannot be written, or can again.
    Output {
        path: PathBuf,
        problem: Option<String>,
    },
}

/// A process as the holder remembers it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Child {
    pub(crate) key: String,
    pub(crate) app: String,
    pub(crate) pid: u32,
    /// Milliseconds since boot.
    pub(crate) started: u64,
    pub(crate) listening: bool,
    pub(crate) ready: bool,
    /// It has ended and no daemon knows yet.
    pub(crate) end: Option<End>,
    pub(crate) note: NoteText,
}

/// How a process ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct End {
    pub(crate) code: Option<i32>,
    pub(crate) signal: Option<i32>,
    /// Milliseconds since boot.
    pub(crate) at: u64,
    /// Other processes of its group live on.
    pub(crate) group_alive: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_of_before_are_read() {
        let text: NoteText = serde_json::from_str(r#""{\"a\":[1]}""#).unwrap();
        let value: NoteText = serde_json::from_str(r#"{"a":[1]}"#).unwrap();
        assert_eq!(text, value);
        assert_eq!(
            text.read::<serde_json::Value>(),
            Some(serde_json::json!({"a": [1]}))
        );
        assert_eq!(NoteText::default().read::<u8>(), None);
    }
}
