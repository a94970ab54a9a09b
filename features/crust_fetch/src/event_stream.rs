//! [`EventStreamParser`]: `text/event-stream` of the HTML standard, from bytes cut anywhere. Knows
//! neither connections nor JS.

/// Bytes of one event: a stream that never ends its event must not take all memory.
const LONGEST_EVENT: usize = 16 * 1024 * 1024;
const MARK: &[u8] = "\u{feff}".as_bytes();

/// An event to dispatch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ServerEvent {
    /// Its type; `message` if the stream names none.
    pub(crate) kind: String,
    pub(crate) data: String,
    /// The last event ID at that time.
    pub(crate) id: String,
}

/// An event is larger than [`LONGEST_EVENT`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct EventTooLong;

/// The parser's state between two chunks.
#[derive(Debug, Default)]
pub(crate) struct EventStreamParser {
    line: Vec<u8>,
    data: String,
    kind: String,
    id: String,
    last_id: String,
    retry: Option<u64>,
    /// The last byte was CR, so that a LF belongs to it.
    is_after_return: bool,
    is_started: bool,
}

impl EventStreamParser {
    /// A parser that goes on with the last event ID of the stream before.
    pub(crate) fn new(last_id: String) -> Self {
        Self {
            id: last_id.clone(),
            last_id,
            ..Self::default()
        }
    }

    /// The last event ID that a reconnection sends.
    pub(crate) fn last_id(&self) -> &str {
        &self.last_id
    }

    /// The reconnection time in milliseconds, if the stream has set one.
    pub(crate) fn retry(&self) -> Option<u64> {
        self.retry
    }

    /// Takes the next bytes and gives the events that they complete.
    pub(crate) fn feed(&mut self, bytes: &[u8]) -> Result<Vec<ServerEvent>, EventTooLong> {
        let mut events = Vec::new();
        for &byte in bytes {
            let is_rest_of_break = byte == b'\n' && self.is_after_return;
            self.is_after_return = byte == b'\r';
            match byte {
                b'\n' if is_rest_of_break => {}
                b'\n' | b'\r' => self.end_line(&mut events),
                _ => self.line.push(byte),
            }
            if self.line.len() + self.data.len() > LONGEST_EVENT {
                return Err(EventTooLong);
            }
        }
        Ok(events)
    }

    fn end_line(&mut self, events: &mut Vec<ServerEvent>) {
        let bytes = std::mem::take(&mut self.line);
        let bytes = match bytes.strip_prefix(MARK) {
            Some(rest) if !self.is_started => rest,
            _ => bytes.as_slice(),
        };
        self.is_started = true;
        if bytes.is_empty() {
            self.dispatch(events);
            return;
        }
        let line = String::from_utf8_lossy(bytes);
        match line.split_once(':') {
            // A comment.
            Some(("", _)) => {}
            Some((name, value)) => self.field(name, value.strip_prefix(' ').unwrap_or(value)),
            None => self.field(&line, ""),
        }
    }

    fn field(&mut self, name: &str, value: &str) {
        match name {
            "event" => value.clone_into(&mut self.kind),
            "data" => {
                self.data.push_str(value);
                self.data.push('\n');
            }
            "id" if !value.contains('\0') => value.clone_into(&mut self.id),
            "retry" if value.bytes().all(|byte| byte.is_ascii_digit()) => {
                self.retry = value.parse().ok().or(self.retry);
            }
            _ => {}
        }
    }

    fn dispatch(&mut self, events: &mut Vec<ServerEvent>) {
        self.last_id.clone_from(&self.id);
        let kind = std::mem::take(&mut self.kind);
        let mut data = std::mem::take(&mut self.data);
        if data.is_empty() {
            return;
        }
        data.pop();
        events.push(ServerEvent {
            kind: if kind.is_empty() {
                "message".to_owned()
            } else {
                kind
            },
            data,
            id: self.last_id.clone(),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(stream: &str, expect: &[(&str, &str, &str)]) {
        let mut parser = EventStreamParser::default();
        let events = parser.feed(stream.as_bytes()).unwrap();
        let found: Vec<_> = events
            .iter()
            .map(|event| (event.kind.as_str(), event.data.as_str(), event.id.as_str()))
            .collect();
        assert_eq!(found, expect, "{stream:?}");
    }

    #[test]
    fn follows_the_standard() {
        check("data: a\n\n", &[("message", "a", "")]);
        check(
            "\u{feff}data:a\r\rdata:b\r\n\r\n",
            &[("message", "a", ""), ("message", "b", "")],
        );
        check(
            "data: a\u{feff}\n\n\u{feff}data: b\n\n",
            &[("message", "a\u{feff}", "")],
        );
        check("data:  a\ndata\ndata:b\n\n", &[("message", " a\n\nb", "")]);
        check("data\n\n", &[("message", "", "")]);
        check("data\n", &[]);
        check(
            ": comment\nevent: add\nid: 7\ndata: x\n\n",
            &[("add", "x", "7")],
        );
        check(
            "id: 7\n\ndata: x\n\nid\ndata: y\n\n",
            &[("message", "x", "7"), ("message", "y", "")],
        );
        check("id: a\0b\ndata: x\n\n", &[("message", "x", "")]);
        check("event: lost\n\ndata: x\n\n", &[("message", "x", "")]);
        check(
            "Data: no\ndata : no\nfoo: no\ndata: yes\n\n",
            &[("message", "yes", "")],
        );
    }

    #[test]
    fn keeps_what_a_reconnection_needs() {
        let mut parser = EventStreamParser::new("1".to_owned());
        parser.feed(b"retry: 1x\nid: 2\n").unwrap();
        assert_eq!((parser.retry(), parser.last_id()), (None, "1"));
        parser.feed(b"retry: 250\n\nretry:\n").unwrap();
        assert_eq!((parser.retry(), parser.last_id()), (Some(250), "2"));
        let long = vec![b'x'; LONGEST_EVENT + 1];
        assert_eq!(parser.feed(&long), Err(EventTooLong));
    }

    proptest! {
        // Streams of what the grammar is made of, so that breaks are cut often.
        #[test]
        fn cuts_change_nothing(
            parts in prop::collection::vec(
                prop::sample::select(vec![
                    "data", ":", " ", "\r", "\n", "\r\n", "id", "event", "retry", "5", "ü", "\u{feff}", "x",
                ]), 0..60),
            cuts in prop::collection::vec(0_usize..200, 0..12),
        ) {
            let stream = parts.concat().into_bytes();
            let mut whole = EventStreamParser::default();
            let expect = whole.feed(&stream).unwrap();
            let mut cut = EventStreamParser::default();
            let mut ends: Vec<usize> = cuts.iter().map(|cut| cut.min(&stream.len()).to_owned()).collect();
            ends.push(stream.len());
            ends.sort_unstable();
            let (mut found, mut start) = (Vec::new(), 0);
            for end in ends {
                found.extend(cut.feed(&stream[start..end]).unwrap());
                start = end;
            }
            prop_assert_eq!(found, expect);
            prop_assert_eq!(cut.last_id(), whole.last_id());
            prop_assert_eq!(cut.retry(), whole.retry());
        }

        #[test]
        fn takes_any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let _ = EventStreamParser::default().feed(&bytes);
        }
    }
}
