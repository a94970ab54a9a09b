//! YAML 1.2 with the core schema and merge keys, to values. The library gives events; this builds
//! the tree, bounds what aliases may grow to, and decides what JavaScript gets, as Bun does.

mod scalar;

use rustc_hash::FxHashMap;
use saphyr_parser::{Event, Parser, ScanError, Span};

use crate::json::Mistake;
use crate::value::{DEPTH_LIMIT, Object, Value};

/// How many values anchors and aliases may copy. An alias of an alias of an alias … of ten items is
/// a hundred bytes of text and a billion values; this is about 100 MB.
const COPIED_VALUES: usize = 1_000_000;

pub(crate) fn parse(text: &str) -> Result<Value, Mistake> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.is_empty() {
        return Ok(Value::Object(Object::default()));
    }
    let mut builder = Builder::default();
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| scan_mistake(text, &error))?;
        builder.event(event, text, span)?;
    }
    let mut documents = builder.documents;
    Ok(match documents.len() {
        0 => Value::Null,
        1 => documents.swap_remove(0),
        _ => Value::Array(documents),
    })
}

/// What an anchor stands for.
struct Anchored {
    value: Value,
    /// Values in it, itself included.
    size: usize,
    depth: usize,
}

/// A collection that is still open.
struct Open {
    node: Node,
    anchor: usize,
    size: usize,
    /// Levels below this one.
    depth: usize,
}

enum Node {
    Sequence(Vec<Value>),
    Mapping {
        members: Object,
        merges: Vec<Value>,
        key: Option<Key>,
    },
}

enum Key {
    Name(String),
    /// A plain `<<`.
    Merge,
}

#[derive(Default)]
struct Builder {
    documents: Vec<Value>,
    open: Vec<Open>,
    anchors: FxHashMap<usize, Anchored>,
    copied: usize,
}

impl Builder {
    fn event(&mut self, event: Event<'_>, text: &str, span: Span) -> Result<(), Mistake> {
        match event {
            Event::Scalar(content, style, anchor, tag) => {
                let merge = scalar::is_merge(&content, style, tag.as_deref());
                let value = scalar::resolve(&content, style, tag.as_deref());
                self.anchor(anchor, &value, (1, 0), text, span)?;
                self.add(value, 1, 0, merge);
            }
            Event::SequenceStart(anchor, _) => {
                self.start(Node::Sequence(Vec::new()), anchor, text, span)?;
            }
            Event::MappingStart(anchor, _) => {
                let node = Node::Mapping {
                    members: Object::default(),
                    merges: Vec::new(),
                    key: None,
                };
                self.start(node, anchor, text, span)?;
            }
            Event::SequenceEnd | Event::MappingEnd => self.end(text, span)?,
            Event::Alias(anchor) => self.alias(anchor, text, span)?,
            Event::DocumentStart(_) => self.anchors.clear(),
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => {}
        }
        Ok(())
    }

    fn start(&mut self, node: Node, anchor: usize, text: &str, span: Span) -> Result<(), Mistake> {
        if self.open.len() >= DEPTH_LIMIT {
            let message = format!("this is nested deeper than {DEPTH_LIMIT} levels");
            return Err(mistake(text, span, message));
        }
        self.open.push(Open {
            node,
            anchor,
            size: 1,
            depth: 0,
        });
        Ok(())
    }

    fn end(&mut self, text: &str, span: Span) -> Result<(), Mistake> {
        let Some(Open {
            node,
            anchor,
            size,
            depth,
        }) = self.open.pop()
        else {
            return Ok(());
        };
        let value = match node {
            Node::Sequence(items) => Value::Array(items),
            Node::Mapping {
                mut members,
                merges,
                ..
            } => {
                merge(&mut members, merges);
                Value::Object(members)
            }
        };
        self.anchor(anchor, &value, (size, depth), text, span)?;
        self.add(value, size, depth, false);
        Ok(())
    }

    fn anchor(
        &mut self,
        anchor: usize,
        value: &Value,
        (size, depth): (usize, usize),
        text: &str,
        span: Span,
    ) -> Result<(), Mistake> {
        if anchor > 0 {
            self.copies(size, text, span)?;
            self.anchors.insert(
                anchor,
                Anchored {
                    value: value.clone(),
                    size,
                    depth,
                },
            );
        }
        Ok(())
    }

    /// Counts values that are about to be copied.
    fn copies(&mut self, size: usize, text: &str, span: Span) -> Result<(), Mistake> {
        self.copied += size;
        if self.copied <= COPIED_VALUES {
            return Ok(());
        }
        let message = format!("anchors and aliases stand for more than {COPIED_VALUES} values");
        Err(mistake(text, span, message))
    }

    fn alias(&mut self, anchor: usize, text: &str, span: Span) -> Result<(), Mistake> {
        let Some(anchored) = self.anchors.get(&anchor) else {
            let inside = self.open.iter().any(|open| open.anchor == anchor);
            let message = if inside {
                "this alias names a value that contains it; such a cycle cannot be loaded"
            } else {
                "this alias names nothing"
            };
            return Err(mistake(text, span, message.to_owned()));
        };
        let (size, depth) = (anchored.size, anchored.depth);
        if self.open.len() + depth >= DEPTH_LIMIT {
            let message = format!("this is nested deeper than {DEPTH_LIMIT} levels");
            return Err(mistake(text, span, message));
        }
        self.copies(size, text, span)?;
        let value = self
            .anchors
            .get(&anchor)
            .map_or(Value::Null, |found| found.value.clone());
        self.add(value, size, depth, false);
        Ok(())
    }

    /// Puts a finished value where it belongs: the open collection, or the documents.
    fn add(&mut self, value: Value, size: usize, depth: usize, is_merge: bool) {
        let Some(open) = self.open.last_mut() else {
            self.documents.push(value);
            return;
        };
        open.size += size;
        open.depth = open.depth.max(depth + 1);
        match &mut open.node {
            Node::Sequence(items) => items.push(value),
            Node::Mapping {
                members,
                merges,
                key,
            } => match key.take() {
                None if is_merge => *key = Some(Key::Merge),
                None => *key = Some(Key::Name(scalar::key(value))),
                Some(Key::Merge) if mergeable(&value) => merges.push(value),
                Some(Key::Merge) => {
                    members.insert("<<".to_owned(), value);
                }
                Some(Key::Name(name)) => {
                    members.insert(name, value);
                }
            },
        }
    }
}

/// What `<<` takes: a mapping, or a list of mappings.
fn mergeable(value: &Value) -> bool {
    match value {
        Value::Object(_) => true,
        Value::Array(items) => items.iter().all(|item| matches!(item, Value::Object(_))),
        _ => false,
    }
}

/// Own members win over merged ones, and earlier merged ones over later.
fn merge(members: &mut Object, merges: Vec<Value>) {
    for value in merges {
        match value {
            Value::Object(object) => {
                for (key, value) in object {
                    members.entry(key).or_insert(value);
                }
            }
            Value::Array(items) => merge(members, items),
            _ => {}
        }
    }
}

fn scan_mistake(text: &str, error: &ScanError) -> Mistake {
    let at = byte_of(text, error.marker().index());
    Mistake {
        message: error.info().to_owned(),
        at: at..at,
    }
}

fn mistake(text: &str, span: Span, message: String) -> Mistake {
    let start = byte_of(text, span.start.index());
    let end = byte_of(text, span.end.index());
    Mistake {
        message,
        at: start..end.max(start),
    }
}

/// The library counts characters.
fn byte_of(text: &str, character: usize) -> usize {
    text.char_indices()
        .nth(character)
        .map_or(text.len(), |(at, _)| at)
}
