//! Packuments on disk: the body as it came after one line of what is needed to revalidate it. Never
//! fails an installation: a file that cannot be read or written is a miss.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use bytes::Bytes;

/// How long a packument is taken without asking.
const FRESH: Duration = Duration::from_mins(5);
/// The first word of a file; a change of the format changes it.
const MAGIC: &str = "crust-packument-1";
/// The longest head that is believed.
const HEAD_LIMIT: usize = 4096;

/// The folder of packuments.
#[derive(Debug, Clone)]
pub(crate) struct MetadataCache {
    folder: PathBuf,
}

/// A packument found on disk.
#[derive(Debug)]
pub(crate) struct Stored {
    pub(crate) etag: String,
    pub(crate) body: Bytes,
    pub(crate) fresh: bool,
}

impl MetadataCache {
    pub(crate) fn new(cache: &Path) -> Self {
        Self {
            folder: cache.join("crust-v1/metadata"),
        }
    }

    fn path(&self, url: &str) -> PathBuf {
        let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, url.as_bytes());
        let name = hex_simd::encode_to_string(&digest.as_ref()[..16], hex_simd::AsciiCase::Lower);
        self.folder.join(name)
    }

    pub(crate) fn load(&self, url: &str) -> Option<Stored> {
        let path = self.path(url);
        let modified = std::fs::metadata(&path).ok()?.modified().ok()?;
        let text = Bytes::from(std::fs::read(&path).ok()?);
        let end = memchr::memchr(b'\n', text.get(..HEAD_LIMIT.min(text.len()))?)?;
        let head = std::str::from_utf8(text.get(..end)?).ok()?;
        let mut fields = head.split('\t');
        let known = fields.next() == Some(MAGIC) && fields.next() == Some(url);
        let etag = fields.next().unwrap_or_default().to_owned();
        let age = SystemTime::now().duration_since(modified).unwrap_or(FRESH);
        known.then(|| Stored {
            etag,
            body: text.slice(end + 1..),
            fresh: age < FRESH,
        })
    }

    pub(crate) fn store(&self, url: &str, etag: &str, body: &[u8]) {
        let plain = |text: &str| !text.contains(['\n', '\t']);
        if !plain(url) || !plain(etag) || url.len() + etag.len() + 64 > HEAD_LIMIT {
            return;
        }
        let mut text = format!("{MAGIC}\t{url}\t{etag}\n").into_bytes();
        text.extend_from_slice(body);
        // A cache that cannot be written costs time, nothing else.
        let _ = std::fs::create_dir_all(&self.folder)
            .and_then(|()| crate::files::write_atomically(&self.path(url), &text, false));
    }

    /// Says that the server confirmed what is stored.
    pub(crate) fn touch(&self, url: &str) {
        if let Ok(file) = std::fs::File::options().append(true).open(self.path(url)) {
            let _ = file.set_modified(SystemTime::now());
        }
    }
}
