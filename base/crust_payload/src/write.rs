//! Puts a program behind a binary.

use crust_header::Header;
use crust_header_file::{Stamp, StampError};

use crate::error::PayloadError;
use crate::index::{Index, StoredFile};
use crate::trailer::Trailer;

/// The kernel maps whole pages; what starts on one can be mapped.
const PAGE: usize = 4096;

/// A file to store.
#[derive(Clone, Debug)]
pub struct NewFile {
    /// Path below [`crate::ROOT`], with `/`.
    pub path: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Whether it is an asset and not a module.
    pub asset: bool,
}

/// What goes into an executable.
#[derive(Clone, Debug, Default)]
pub struct Contents {
    /// Path of the program among the files.
    pub entry: String,
    /// Options that the program starts with.
    pub exec_argv: Vec<String>,
    /// Names of the project's flags: `11 NAME` a line.
    pub feature_names: String,
    /// The files.
    pub files: Vec<NewFile>,
}

/// The bytes of an executable: the binary with the program's header in its stamp, and the program.
///
/// # Errors
/// A binary that carries no stamp, or is itself a compiled program.
pub fn write(
    mut binary: Vec<u8>,
    header: &Header,
    contents: Contents,
) -> Result<Vec<u8>, PayloadError> {
    if Stamp::of_binary(&binary)?.compiled {
        return Err(PayloadError::Compiled);
    }
    Stamp::write_compiled(&mut binary, header)?;
    binary.resize(binary.len().next_multiple_of(PAGE), 0);
    let start = binary.len();
    let mut index = Index {
        entry: contents.entry,
        exec_argv: contents.exec_argv,
        feature_names: contents.feature_names,
        files: Vec::with_capacity(contents.files.len()),
    };
    for file in contents.files {
        index.files.push(StoredFile {
            path: file.path,
            offset: (binary.len() - start) as u64,
            length: file.bytes.len() as u64,
            checksum: crc32fast::hash(&file.bytes),
            asset: file.asset,
        });
        binary.extend_from_slice(&file.bytes);
    }
    let contents = binary.len() - start;
    // Strings and numbers: this does not fail.
    let text = serde_json::to_vec(&index)
        .map_err(|_| PayloadError::Damaged("its index cannot be written"))?;
    binary.extend_from_slice(&text);
    let trailer = Trailer {
        offset: start as u64,
        contents: contents as u64,
        index: text.len() as u64,
        checksum: crc32fast::hash(&text),
    };
    binary.extend_from_slice(&trailer.encode());
    // The mark of a stamp in a file of the program would make the executable one with two stamps.
    match Stamp::of_binary(&binary) {
        Ok(_) => Ok(binary),
        Err(StampError::Several) => Err(PayloadError::Damaged(
            "a file of the program carries a stamp, as a crust binary does",
        )),
        Err(error) => Err(error.into()),
    }
}
