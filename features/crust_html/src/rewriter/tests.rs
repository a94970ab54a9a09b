//! Rewriters driven as JS drives them.

use super::*;
use crate::protocol::{DocumentHandlers, ElementHandlers};
use proptest::prelude::*;
use std::sync::mpsc::channel;
use std::thread;

fn element_handlers(selector: &str) -> Handlers {
    Handlers {
        elements: vec![ElementHandlers {
            selector: selector.to_owned(),
            element: Some(0),
            comments: Some(1),
            text: Some(2),
        }],
        documents: vec![DocumentHandlers {
            doctype: Some(3),
            comments: Some(4),
            text: Some(5),
            end: Some(6),
        }],
    }
}

/// Runs pieces of input through a rewriter, answering every event.
fn rewrite(
    handlers: &Handlers,
    pieces: &[&[u8]],
    mut answer: impl FnMut(Event) -> Vec<Change>,
) -> Result<Vec<u8>, String> {
    let (events, steps) = channel();
    let (replies, changes) = channel();
    let (give_back, returned) = channel();
    let rewriter = Rewriter::new(handlers, events, changes).map_err(|error| error.to_string())?;
    give_back.send(rewriter).unwrap();
    let mut output = Vec::new();
    for (index, piece) in pieces.iter().enumerate() {
        let rewriter: Rewriter = returned.recv().unwrap();
        let (bytes, last, back) = (piece.to_vec(), index + 1 == pieces.len(), give_back.clone());
        let worker = thread::spawn(move || rewriter.write(&bytes, last, &back));
        loop {
            match steps.recv().unwrap() {
                Step::Event(event) => replies.send(answer(event)).unwrap(),
                Step::Output(bytes) => {
                    output.extend(bytes);
                    break;
                }
                Step::Failed(message) => return Err(message),
            }
        }
        worker.join().unwrap();
    }
    Ok(output)
}

#[test]
fn applies_what_handlers_ask_for() {
    let output = rewrite(
        &element_handlers("p"),
        &[b"<!doctype html><p a=1>te", b"xt</p><b></b>"],
        |event| match event.unit {
            Unit::Element { .. } => vec![
                Change::SetAttribute("b".to_owned(), "\"2\"".to_owned()),
                Change::RemoveAttribute("a".to_owned()),
                Change::Append("<i>".to_owned(), true),
                Change::OnEndTag(9),
            ],
            Unit::EndTag { .. } => {
                assert_eq!(event.handler, 9);
                vec![Change::After("&".to_owned(), false)]
            }
            Unit::Doctype { name, .. } => {
                assert_eq!(name.as_deref(), Some("html"));
                vec![Change::Remove]
            }
            Unit::End => vec![Change::Append("end".to_owned(), false)],
            Unit::Comment { .. } | Unit::Text { .. } => Vec::new(),
        },
    );
    assert_eq!(
        String::from_utf8(output.unwrap()).unwrap(),
        "<p b=\"&quot;2&quot;\">text<i></p>&amp;<b></b>end"
    );
}

#[test]
fn refuses_what_a_unit_cannot_do() {
    let ask = |change: Change| {
        rewrite(&element_handlers("br"), &[b"<br>"], move |event| {
            if matches!(event.unit, Unit::Element { .. }) {
                vec![change.clone()]
            } else {
                Vec::new()
            }
        })
    };
    assert_eq!(ask(Change::OnEndTag(1)).unwrap_err(), "No end tag.");
    assert!(ask(Change::SetAttribute("a b".to_owned(), String::new())).is_err());
    assert!(ask(Change::Set(String::new())).is_err());
    assert!(Rewriter::new(&element_handlers("p["), channel().0, channel().1).is_err());
}

#[test]
fn a_handler_whose_js_is_gone_ends_the_rewriter() {
    let (events, steps) = channel();
    let (replies, changes) = channel();
    let (give_back, _returned) = channel();
    let rewriter = Rewriter::new(&element_handlers("p"), events, changes).unwrap();
    let worker = thread::spawn(move || rewriter.write(b"<p>", true, &give_back));
    assert!(matches!(steps.recv().unwrap(), Step::Event(_)));
    drop(replies);
    worker.join().unwrap();
    assert!(matches!(steps.recv().unwrap(), Step::Failed(_)));
}

proptest! {
    /// Any bytes in any pieces pass through unchanged when handlers change nothing.
    #[test]
    fn bytes_pass_through(text in "[<>/!a-c \"'=&;-]{0,80}", cut in 0_usize..80) {
        let bytes = text.as_bytes();
        let (left, right) = bytes.split_at(cut.min(bytes.len()));
        let output = rewrite(&element_handlers("*"), &[left, right], |_| Vec::new());
        prop_assert_eq!(output.unwrap(), bytes);
    }
}
