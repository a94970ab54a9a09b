//! Sends a file as a response: dates, tags, conditions and ranges, then the bytes by the kernel.

use crate::conditional::{self, Part};
use crate::exchange::Exchange;
use crate::output::FileBody;
use crate::reply::Reply;
use std::fs::{File, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::time::SystemTime;

/// A file and how to present it.
pub(crate) struct FileResponse<'a> {
    pub(crate) file: File,
    pub(crate) metadata: Metadata,
    /// The part of the file that is the representation (`Bun.file(…).slice(…)`).
    pub(crate) start: u64,
    pub(crate) length: u64,
    pub(crate) status: u16,
    pub(crate) text: &'a str,
    /// Lines that the program gave.
    pub(crate) fields: &'a [u8],
    pub(crate) content_type: &'a str,
}

/// Opens a regular file.
///
/// # Errors
/// Those of the system; a directory or device is `IsADirectory` or `InvalidInput`.
pub(crate) fn open(path: &Path) -> io::Result<(File, Metadata)> {
    let file = File::open(path)?;
    let metadata = file.metadata()?;
    if metadata.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    if !metadata.is_file() {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    Ok((file, metadata))
}

impl FileResponse<'_> {
    /// Answers a request whose head is `head`.
    pub(crate) fn send(self, exchange: &dyn Exchange, head: &[u8]) -> bool {
        let modified = self.metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH);
        let tag = self.tag();
        let is_plain = self.status == 200 && !self.has("content-range");
        let known = conditional::line_value(self.fields, b"etag").map_or_else(
            || conditional::matches_tag(head, tag.as_bytes()),
            |own| conditional::matches_tag(head, own),
        );
        let fields = self.lines(modified, &tag);
        if is_plain && (known || conditional::is_unmodified(head, modified)) {
            let reply = Reply {
                fields: &fields,
                ..Reply::bare(304)
            };
            return exchange.respond(&reply, b"");
        }
        let part = if is_plain {
            conditional::part(head, self.length, modified, tag.as_bytes())
        } else {
            Part::Whole
        };
        self.send_part(exchange, fields, part)
    }

    fn send_part(self, exchange: &dyn Exchange, mut fields: Vec<u8>, part: Part) -> bool {
        let (status, start, length) = match part {
            Part::Unsatisfiable => {
                let range = format!("Content-Range: bytes */{}\r\n", self.length);
                let reply = Reply {
                    fields: range.as_bytes(),
                    ..Reply::bare(416)
                };
                return exchange.respond(&reply, b"");
            }
            Part::Whole => (self.status, 0, self.length),
            Part::Range { start, length } => {
                let last = start + length - 1;
                let range = format!("Content-Range: bytes {start}-{last}/{}\r\n", self.length);
                fields.extend_from_slice(range.as_bytes());
                (206, start, length)
            }
        };
        let text = if status == self.status {
            self.text
        } else {
            crust_wire::reason(status)
        };
        let reply = Reply {
            status,
            text,
            fields: &fields,
        };
        let body = FileBody {
            file: self.file,
            offset: self.start + start,
            left: length,
        };
        if reply.has_no_body() {
            return exchange.respond(&reply, b"");
        }
        exchange.send_file(&reply, body)
    }

    fn has(&self, name: &str) -> bool {
        conditional::line_value(self.fields, name.as_bytes()).is_some()
    }

    /// The program's lines and those that follow from the file, unless the program gave them.
    fn lines(&self, modified: SystemTime, tag: &str) -> Vec<u8> {
        let mut lines = self.fields.to_vec();
        let mut add = |name: &str, value: &str| {
            if !self.has(name) && !value.is_empty() {
                lines.extend_from_slice(format!("{name}: {value}\r\n").as_bytes());
            }
        };
        add("Content-Type", self.content_type);
        add("Last-Modified", &httpdate::fmt_http_date(modified));
        add("ETag", tag);
        add("Accept-Ranges", "bytes");
        lines
    }

    /// Changes whenever size or time of the file do.
    fn tag(&self) -> String {
        let (seconds, nanoseconds) = (self.metadata.mtime(), self.metadata.mtime_nsec());
        format!("\"{seconds:x}{nanoseconds:08x}-{:x}\"", self.length)
    }
}
