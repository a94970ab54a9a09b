//! A rewriter whose handlers ask JS: each sends a snapshot, blocks its thread until the changes come back, and
//! applies them. Runs on the threads of `workers`, never on one that runs JS.

use crate::protocol::{self, Change, Event, HandlerId, Handlers, Refusal, Unit};
use lol_html::errors::SelectorError;
use lol_html::html_content::{Comment, Doctype, DocumentEnd, EndTag, TextChunk};
use lol_html::send::{
    DocumentContentHandlers, Element, ElementContentHandlers, HtmlRewriter, Settings,
};
use lol_html::{MemorySettings, Selector};
use std::borrow::Cow;
use std::mem;
use std::sync::mpsc::{Receiver, Sender};
use std::sync::{Arc, Mutex, PoisonError};

/// What a document may keep the parser from letting go of: one tag or comment, and the stack of open elements. A
/// page's largest tags hold data URLs of some megabytes; this bounds what a hostile page costs one rewriter.
const MEMORY_LIMIT: usize = 64 * 1024 * 1024;

/// What a step of a rewriter ended with.
pub(crate) enum Step {
    /// A handler waits for its changes.
    Event(Event),
    /// The input was consumed; here is what can be written.
    Output(Vec<u8>),
    /// The rewriter is of no more use.
    Failed(String),
}

/// The rewriter's end of its conversation with JS.
struct Link {
    events: Sender<Step>,
    replies: Mutex<Receiver<Vec<Change>>>,
}

impl Link {
    /// Runs a JS handler: fails when nobody is there any more.
    fn ask(&self, handler: HandlerId, unit: Unit) -> Result<Vec<Change>, Refusal> {
        self.events.send(Step::Event(Event { handler, unit }))?;
        let replies = self.replies.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(replies.recv()?)
    }
}

type Output = Arc<Mutex<Vec<u8>>>;
type Sink = Box<dyn FnMut(&[u8]) + Send>;

/// A rewriter between two pieces of its input.
pub(crate) struct Rewriter {
    inner: Option<HtmlRewriter<'static, Sink>>,
    output: Output,
    events: Sender<Step>,
}

impl Rewriter {
    pub(crate) fn new(
        handlers: &Handlers,
        events: Sender<Step>,
        replies: Receiver<Vec<Change>>,
    ) -> Result<Self, SelectorError> {
        let link = Arc::new(Link {
            events: events.clone(),
            replies: Mutex::new(replies),
        });
        let output = Output::default();
        let into = Arc::clone(&output);
        let sink: Sink = Box::new(move |bytes: &[u8]| {
            into.lock()
                .unwrap_or_else(PoisonError::into_inner)
                .extend_from_slice(bytes);
        });
        Ok(Self {
            inner: Some(HtmlRewriter::new(settings(handlers, &link)?, sink)),
            output,
            events,
        })
    }

    /// Takes a piece of input, and the end of it when `last`; sends the step it ends with, and itself for the next
    /// piece. Nobody listens when JS has dropped the rewriter.
    pub(crate) fn write(mut self, bytes: &[u8], last: bool, give_back: &Sender<Self>) {
        let result = self
            .inner
            .as_mut()
            .map_or(Ok(()), |inner| inner.write(bytes));
        let result = match (result, last) {
            (Ok(()), true) => self.inner.take().map_or(Ok(()), HtmlRewriter::end),
            (result, _) => result,
        };
        let step = match result {
            Ok(()) => Step::Output(mem::take(
                &mut *self.output.lock().unwrap_or_else(PoisonError::into_inner),
            )),
            Err(error) => {
                self.inner = None;
                Step::Failed(error.to_string())
            }
        };
        let events = self.events.clone();
        // First, so that it is there when JS has seen the step.
        if self.inner.is_some() {
            let _ = give_back.send(self);
        }
        let _ = events.send(step);
    }
}

fn settings(
    handlers: &Handlers,
    link: &Arc<Link>,
) -> Result<Settings<'static, 'static>, SelectorError> {
    let memory = MemorySettings::new().with_max_allowed_memory_usage(MEMORY_LIMIT);
    let mut settings = Settings::new_send()
        .with_memory_settings(memory)
        .with_strict(false);
    for document in &handlers.documents {
        let mut content = DocumentContentHandlers::default();
        if let Some(handler) = document.doctype {
            let link = Arc::clone(link);
            content = content.doctype(move |doctype: &mut Doctype<'_>| {
                for change in link.ask(handler, Unit::doctype(doctype))? {
                    protocol::change_doctype(doctype, change)?;
                }
                Ok(())
            });
        }
        if let Some(handler) = document.comments {
            content = content.comments(on_comment(link, handler));
        }
        if let Some(handler) = document.text {
            content = content.text(on_text(link, handler));
        }
        if let Some(handler) = document.end {
            let link = Arc::clone(link);
            content = content.end(move |end: &mut DocumentEnd<'_>| {
                for change in link.ask(handler, Unit::End)? {
                    protocol::change_end(end, change)?;
                }
                Ok(())
            });
        }
        settings = settings.append_document_content_handler(content);
    }
    for element in &handlers.elements {
        let selector: Selector = element.selector.parse()?;
        let mut content = ElementContentHandlers::default();
        if let Some(handler) = element.element {
            content = content.element(on_element(link, handler));
        }
        if let Some(handler) = element.comments {
            content = content.comments(on_comment(link, handler));
        }
        if let Some(handler) = element.text {
            content = content.text(on_text(link, handler));
        }
        settings = settings.append_element_content_handler((Cow::Owned(selector), content));
    }
    Ok(settings)
}

fn on_element(
    link: &Arc<Link>,
    handler: HandlerId,
) -> impl FnMut(&mut Element<'_, '_>) -> Result<(), Refusal> + Send + 'static {
    let link = Arc::clone(link);
    move |element| {
        for change in link.ask(handler, Unit::element(element))? {
            if let Some(handler) = protocol::change_element(element, change)? {
                let link = Arc::clone(&link);
                let handlers = element.end_tag_handlers().ok_or("No end tag.")?;
                // The last one counts, as in Bun.
                handlers.clear();
                handlers.push(Box::new(move |tag: &mut EndTag<'_>| {
                    for change in link.ask(handler, Unit::end_tag(tag))? {
                        protocol::change_end_tag(tag, change)?;
                    }
                    Ok(())
                }));
            }
        }
        Ok(())
    }
}

fn on_comment(
    link: &Arc<Link>,
    handler: HandlerId,
) -> impl FnMut(&mut Comment<'_>) -> Result<(), Refusal> + Send + 'static {
    let link = Arc::clone(link);
    move |comment| {
        for change in link.ask(handler, Unit::comment(comment))? {
            protocol::change_comment(comment, change)?;
        }
        Ok(())
    }
}

fn on_text(
    link: &Arc<Link>,
    handler: HandlerId,
) -> impl FnMut(&mut TextChunk<'_>) -> Result<(), Refusal> + Send + 'static {
    let link = Arc::clone(link);
    move |chunk| {
        for change in link.ask(handler, Unit::text(chunk))? {
            protocol::change_text(chunk, change)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
