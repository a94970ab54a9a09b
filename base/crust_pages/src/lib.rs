//! Gives back what starting, or a burst of work, has mapped of the program's and its libraries' files. They are clean
//! pages: what is needed again is mapped again. Touches nothing that can be written, and does nothing where it does not
//! know the loader.
#![cfg_attr(test, allow(clippy::unwrap_used, reason = "a test fails by panicking"))]

#[cfg(all(target_os = "linux", target_pointer_width = "64"))]
mod loaded;

/// Gives back what only the dynamic linker needed: symbol tables, their hashes, names and relocations of the
/// libraries, 4 MB over the engine and what it brings. The program itself keeps its constants.
pub fn release_link_tables() {
    #[cfg(all(target_os = "linux", target_pointer_width = "64"))]
    loaded::each(|object| {
        // The first segment, when it can only be read, begins with the tables.
        let first = object.segments().next();
        if let Some(first) =
            first.filter(|first| !object.is_program() && first.is_constant() && first.is_start())
        {
            first.release(128 << 10);
        }
    });
}

/// Gives back the program's own code and constants. The kernel maps sixteen pages around each that is touched, so most
/// of what is mapped was never used.
pub fn release_program() {
    #[cfg(all(target_os = "linux", target_pointer_width = "64"))]
    loaded::each(|object| {
        if object.is_program() {
            // What was relocated and then closed to writing (RELRO) is in a segment that could be written.
            let closed = object.segments().filter(|segment| !segment.is_writable());
            closed.for_each(|segment| segment.release(256 << 10));
        }
    });
}
