//! The stream of events: the last ones for who comes late, and who listens. It never blocks on a listener.

use std::collections::VecDeque;

use serde_json::{Value, json};

use crate::clock::{iso, wall_ms};
use crate::supervisor::Event;

/// Events kept for who comes late.
const KEPT: usize = 1000;

#[derive(Default)]
pub(super) struct Events {
    kept: VecDeque<(u64, Value)>,
    pub(super) next: u64,
    pub(super) fresh: Vec<Value>,
}

impl Events {
    pub(super) fn push(&mut self, event: &Event) {
        let value = json!({
            "seq": self.next,
            "time": iso(wall_ms()),
            "event": event.kind,
            "id": event.id,
            "name": event.name,
            "detail": event.detail,
        });
        self.add(value);
    }

    /// An event that is about no process.
    pub(super) fn note(&mut self, kind: &str, detail: &str) {
        let value =
            json!({"seq": self.next, "time": iso(wall_ms()), "event": kind, "detail": detail});
        self.add(value);
    }

    fn add(&mut self, value: Value) {
        if self.kept.len() >= KEPT {
            self.kept.pop_front();
        }
        self.kept.push_back((self.next, value.clone()));
        self.fresh.push(value);
        self.next += 1;
    }

    /// The events kept since a number.
    pub(super) fn since(&self, seq: u64) -> impl Iterator<Item = &Value> {
        self.kept
            .iter()
            .filter(move |(number, _)| *number >= seq)
            .map(|(_, value)| value)
    }
}

/// Sends events to a dashboard.
pub(super) fn push_frames(connection: &mut super::connection::Connection, events: &[Value]) {
    for event in events {
        let text = json!({"type": "event", "event": event}).to_string();
        let mut frame = Vec::new();
        crust_wire::websocket::append_frame(
            &mut frame,
            crust_wire::websocket::Opcode::Text,
            false,
            None,
            text.as_bytes(),
        );
        connection.push(&frame);
    }
}
