//! What a worker printed on one of its two descriptors, cut where its events belong. Never reads a pipe.

/// Output that was read and not passed on yet.
#[derive(Debug)]
pub(super) struct Output {
    /// Read, and possibly behind an event that is still to come.
    pub(super) held: Vec<u8>,
    /// Bytes passed on so far, by the worker's count.
    passed: u64,
    mark: Vec<u8>,
}

impl Output {
    /// `mark`: what the worker writes at events when others print, too.
    pub(super) fn new(mark: Vec<u8>) -> Self {
        Self {
            held: Vec::new(),
            passed: 0,
            mark,
        }
    }

    /// What was printed before the worker had counted so many bytes. What it did not count moves this by
    /// its length, until the next mark; nothing is lost.
    pub(super) fn before(&mut self, counted: u64) -> Vec<u8> {
        let wanted = usize::try_from(counted.saturating_sub(self.passed)).unwrap_or(usize::MAX);
        self.take(wanted.min(self.free()))
    }

    /// Whether a mark was read.
    pub(super) fn has_mark(&self) -> bool {
        self.place_of_mark().is_some()
    }

    /// What was printed before the next mark, which is dropped. There the worker had counted so many bytes.
    pub(super) fn before_mark(&mut self, counted: u64) -> Vec<u8> {
        let place = self.place_of_mark();
        let output = self.take(place.unwrap_or(self.held.len()));
        if place.is_some() {
            self.held.drain(..self.mark.len());
        }
        self.passed = counted;
        output
    }

    /// What belongs before no event that was announced: all but a mark, and what is behind it.
    pub(super) fn free_rest(&mut self) -> Vec<u8> {
        self.take(self.free())
    }

    /// All that is left of a worker that says no more.
    pub(super) fn all(&mut self) -> Vec<u8> {
        let mut output = Vec::new();
        while let Some(place) = self.place_of_mark() {
            output.append(&mut self.take(place));
            self.held.drain(..self.mark.len());
        }
        output.append(&mut self.take(self.held.len()));
        output
    }

    fn take(&mut self, length: usize) -> Vec<u8> {
        let rest = self.held.split_off(length);
        self.passed += length as u64;
        std::mem::replace(&mut self.held, rest)
    }

    fn place_of_mark(&self) -> Option<usize> {
        let mut from = 0;
        loop {
            let rest = self.held.get(from..)?;
            from += rest
                .iter()
                .position(|byte| Some(byte) == self.mark.first())?;
            if self.held.get(from..)?.starts_with(&self.mark) {
                return Some(from);
            }
            from += 1;
        }
    }

    /// How much is held before a mark, or before what may be the beginning of one.
    fn free(&self) -> usize {
        if let Some(place) = self.place_of_mark() {
            return place;
        }
        let tail = self.held.len().saturating_sub(self.mark.len());
        let possible = (tail..self.held.len()).find(|from| {
            let rest = self.held.get(*from..).unwrap_or_default();
            self.mark.starts_with(rest)
        });
        possible.unwrap_or(self.held.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn output(held: &[u8]) -> Output {
        let mut output = Output::new(b"\0abc\0".to_vec());
        output.held.extend_from_slice(held);
        output
    }

    #[test]
    fn a_mark_puts_right_what_was_not_counted() {
        // "child" is in no count.
        let mut output = output(b"onechildtwo\0abc\0three");
        assert_eq!(output.before(3), b"one");
        assert!(output.has_mark());
        assert_eq!(output.before_mark(6), b"childtwo");
        assert_eq!(output.before(8), b"th");
        assert_eq!(output.free_rest(), b"ree");
        assert!(output.held.is_empty());
    }

    #[test]
    fn nothing_passes_a_mark_whose_event_is_still_to_come() {
        let mut output = output(b"one\0abc\0two");
        assert_eq!(output.before(100), b"one");
        assert_eq!(output.free_rest(), b"");
        assert_eq!(output.before_mark(3), b"");
        assert_eq!(output.free_rest(), b"two");
    }

    #[test]
    fn a_mark_that_is_read_in_two_pieces_is_one() {
        for cut in 1..5 {
            let mark = b"\0abc\0";
            let mut output = output(b"\0x one");
            output.held.extend_from_slice(&mark[..cut]);
            assert_eq!(output.free_rest(), b"\0x one");
            output.held.extend_from_slice(&mark[cut..]);
            assert!(output.has_mark());
            assert_eq!(output.before_mark(6), b"");
        }
    }

    #[test]
    fn the_rest_of_a_lost_worker_is_without_marks() {
        let mut output = output(b"a\0abc\0\0abc\0b\0ab");
        assert_eq!(output.all(), b"ab\0ab");
    }
}
