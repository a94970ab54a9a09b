//! [`Heads`]: the memory in which the heads and small bodies of requests lie while JS may read them.
//! JS holds a lease on each slab and gives it back when no request of it is reachable any more, so a
//! request can be read long after its response.

use slab::Slab;

/// One slab serves a hundred requests. The lease in use at a collection grows old, and its slab waits
/// for a full one: larger slabs would make the wait expensive.
const SLAB: usize = 64 * 1024;
/// Slabs kept for the next requests; a server under load uses some for each collection.
const KEPT: usize = 32;

/// The slabs of one server.
#[derive(Default)]
pub(crate) struct Heads {
    slabs: Slab<Vec<u8>>,
    current: Option<usize>,
    free: Vec<Vec<u8>>,
    /// Bytes leased that the collector has not been told of.
    unreported: usize,
}

/// Where bytes of a request lie.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    pub(crate) slab: usize,
    pub(crate) offset: usize,
}

impl Heads {
    /// Copies a head and what follows it.
    pub(crate) fn push(&mut self, head: &[u8], body: &[u8]) -> Place {
        let needed = head.len() + body.len();
        let current = self.current.filter(|key| {
            self.slabs
                .get(*key)
                .is_some_and(|slab| slab.capacity() - slab.len() >= needed)
        });
        let slab = current.unwrap_or_else(|| self.open(needed));
        self.current = Some(slab);
        let Some(bytes) = self.slabs.get_mut(slab) else {
            return Place { slab, offset: 0 };
        };
        let offset = bytes.len();
        bytes.extend_from_slice(head);
        bytes.extend_from_slice(body);
        Place { slab, offset }
    }

    fn open(&mut self, needed: usize) -> usize {
        let bytes = self.free.pop().unwrap_or_default();
        let key = self.slabs.insert(bytes);
        if let Some(bytes) = self.slabs.get_mut(key) {
            bytes.reserve(SLAB.max(needed));
            self.unreported += bytes.capacity();
        }
        key
    }

    /// Bytes of a slab; empty when it was given back.
    pub(crate) fn slice(&self, slab: usize, offset: usize, length: usize) -> &[u8] {
        self.slabs
            .get(slab)
            .and_then(|bytes| bytes.get(offset..offset.checked_add(length)?))
            .unwrap_or_default()
    }

    /// Bytes leased since the last call. The collector sees small objects only: it has to be told what
    /// they keep.
    pub(crate) fn take_unreported(&mut self) -> usize {
        std::mem::take(&mut self.unreported)
    }

    /// Gives memory back that waits for requests.
    pub(crate) fn trim(&mut self) {
        self.free = Vec::new();
    }

    /// Ends a lease.
    pub(crate) fn release(&mut self, slab: usize) {
        if self.current == Some(slab) {
            self.current = None;
        }
        if let Some(mut bytes) = self.slabs.try_remove(slab)
            && self.free.len() < KEPT
            && bytes.capacity() <= SLAB
        {
            bytes.clear();
            self.free.push(bytes);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slabs_are_filled_released_and_used_again() {
        let mut heads = Heads::default();
        let first = heads.push(b"head", b"body");
        assert_eq!(heads.take_unreported(), SLAB);
        assert_eq!(heads.take_unreported(), 0);
        assert_eq!(heads.slice(first.slab, first.offset + 4, 4), b"body");
        let filler = vec![b'x'; SLAB];
        let second = heads.push(&filler, b"");
        assert_ne!(first.slab, second.slab);
        heads.release(first.slab);
        assert_eq!(heads.slice(first.slab, first.offset, 4), b"");
        let third = heads.push(b"again", b"");
        assert_eq!(heads.slice(third.slab, third.offset, 5), b"again");
        assert_eq!(heads.slice(third.slab, usize::MAX, 5), b"");
    }
}
