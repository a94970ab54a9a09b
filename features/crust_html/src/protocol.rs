//! What JS and a rewriter tell each other, as JSON: the handlers to install, snapshots of the units that handlers
//! see, and the changes that handlers ask for. Knows neither threads nor the rewriter's state.

use lol_html::html_content::{Comment, ContentType, Doctype, DocumentEnd, EndTag, TextChunk};
use lol_html::send::Element;
use serde::{Deserialize, Serialize};

/// The number JS knows a handler by.
pub(crate) type HandlerId = u32;

/// What `HTMLRewriter.on` and `onDocument` were given.
#[derive(Deserialize, Default)]
pub(crate) struct Handlers {
    pub(crate) elements: Vec<ElementHandlers>,
    pub(crate) documents: Vec<DocumentHandlers>,
}

/// The handlers of one selector.
#[derive(Deserialize)]
pub(crate) struct ElementHandlers {
    pub(crate) selector: String,
    pub(crate) element: Option<HandlerId>,
    pub(crate) comments: Option<HandlerId>,
    pub(crate) text: Option<HandlerId>,
}

/// The handlers of one `onDocument`.
#[derive(Deserialize)]
pub(crate) struct DocumentHandlers {
    pub(crate) doctype: Option<HandlerId>,
    pub(crate) comments: Option<HandlerId>,
    pub(crate) text: Option<HandlerId>,
    pub(crate) end: Option<HandlerId>,
}

/// A call of a handler: which one, and what it sees.
#[derive(Serialize)]
pub(crate) struct Event {
    pub(crate) handler: HandlerId,
    pub(crate) unit: Unit,
}

/// A snapshot of what a handler sees.
#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub(crate) enum Unit {
    #[serde(rename_all = "camelCase")]
    Element {
        tag_name: String,
        #[serde(rename = "namespaceURI")]
        namespace_uri: &'static str,
        self_closing: bool,
        can_have_content: bool,
        removed: bool,
        attributes: Vec<(String, String)>,
    },
    EndTag {
        name: String,
    },
    Comment {
        text: String,
        removed: bool,
    },
    #[serde(rename_all = "camelCase")]
    Text {
        text: String,
        last_in_text_node: bool,
        removed: bool,
    },
    #[serde(rename_all = "camelCase")]
    Doctype {
        name: Option<String>,
        public_id: Option<String>,
        system_id: Option<String>,
        removed: bool,
    },
    End,
}

impl Unit {
    pub(crate) fn element(element: &Element<'_, '_>) -> Self {
        Self::Element {
            tag_name: element.tag_name(),
            namespace_uri: element.namespace_uri(),
            self_closing: element.is_self_closing(),
            can_have_content: element.can_have_content(),
            removed: element.removed(),
            attributes: element
                .attributes()
                .iter()
                .map(|attribute| (attribute.name(), attribute.value()))
                .collect(),
        }
    }

    pub(crate) fn end_tag(tag: &EndTag<'_>) -> Self {
        Self::EndTag { name: tag.name() }
    }

    pub(crate) fn comment(comment: &Comment<'_>) -> Self {
        Self::Comment {
            text: comment.text(),
            removed: comment.removed(),
        }
    }

    pub(crate) fn text(chunk: &TextChunk<'_>) -> Self {
        Self::Text {
            text: chunk.as_str().to_owned(),
            last_in_text_node: chunk.last_in_text_node(),
            removed: chunk.removed(),
        }
    }

    pub(crate) fn doctype(doctype: &Doctype<'_>) -> Self {
        Self::Doctype {
            name: doctype.name(),
            public_id: doctype.public_id(),
            system_id: doctype.system_id(),
            removed: doctype.removed(),
        }
    }
}

/// One change a handler asked for, in the order it asked.
#[derive(Deserialize, Debug, Clone, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Change {
    Before(String, bool),
    After(String, bool),
    Prepend(String, bool),
    Append(String, bool),
    Replace(String, bool),
    SetInnerContent(String, bool),
    Remove,
    RemoveAndKeepContent,
    SetAttribute(String, String),
    RemoveAttribute(String),
    /// A tag's name or a comment's text.
    Set(String),
    OnEndTag(HandlerId),
}

/// How inserted content is taken: as markup, or as text that is escaped.
pub(crate) fn content_type(is_html: bool) -> ContentType {
    if is_html {
        ContentType::Html
    } else {
        ContentType::Text
    }
}

/// The text of a refused change.
pub(crate) type Refusal = Box<dyn std::error::Error + Send + Sync>;

/// Applies a change to an element; `OnEndTag` is the caller's.
pub(crate) fn change_element(
    element: &mut Element<'_, '_>,
    change: Change,
) -> Result<Option<HandlerId>, Refusal> {
    match change {
        Change::Before(text, html) => element.before(&text, content_type(html)),
        Change::After(text, html) => element.after(&text, content_type(html)),
        Change::Prepend(text, html) => element.prepend(&text, content_type(html)),
        Change::Append(text, html) => element.append(&text, content_type(html)),
        Change::Replace(text, html) => element.replace(&text, content_type(html)),
        Change::SetInnerContent(text, html) => element.set_inner_content(&text, content_type(html)),
        Change::Remove => element.remove(),
        Change::RemoveAndKeepContent => element.remove_and_keep_content(),
        Change::SetAttribute(name, value) => element.set_attribute(&name, &value)?,
        Change::RemoveAttribute(name) => element.remove_attribute(&name),
        Change::Set(name) => element.set_tag_name(&name)?,
        Change::OnEndTag(handler) => return Ok(Some(handler)),
    }
    Ok(None)
}

/// Applies a change to an end tag.
pub(crate) fn change_end_tag(tag: &mut EndTag<'_>, change: Change) -> Result<(), Refusal> {
    match change {
        Change::Before(text, html) => tag.before(&text, content_type(html)),
        Change::After(text, html) => tag.after(&text, content_type(html)),
        Change::Remove => tag.remove(),
        Change::Set(name) => tag.set_name_str(name),
        other => return Err(refuse(&other)),
    }
    Ok(())
}

/// Applies a change to a comment.
pub(crate) fn change_comment(comment: &mut Comment<'_>, change: Change) -> Result<(), Refusal> {
    match change {
        Change::Before(text, html) => comment.before(&text, content_type(html)),
        Change::After(text, html) => comment.after(&text, content_type(html)),
        Change::Replace(text, html) => comment.replace(&text, content_type(html)),
        Change::Remove => comment.remove(),
        Change::Set(text) => comment.set_text(&text)?,
        other => return Err(refuse(&other)),
    }
    Ok(())
}

/// Applies a change to a piece of text.
pub(crate) fn change_text(chunk: &mut TextChunk<'_>, change: Change) -> Result<(), Refusal> {
    match change {
        Change::Before(text, html) => chunk.before(&text, content_type(html)),
        Change::After(text, html) => chunk.after(&text, content_type(html)),
        Change::Replace(text, html) => chunk.replace(&text, content_type(html)),
        Change::Remove => chunk.remove(),
        other => return Err(refuse(&other)),
    }
    Ok(())
}

/// Applies a change to a doctype.
pub(crate) fn change_doctype(doctype: &mut Doctype<'_>, change: Change) -> Result<(), Refusal> {
    match change {
        Change::Remove => doctype.remove(),
        other => return Err(refuse(&other)),
    }
    Ok(())
}

/// Applies a change to the end of the document.
pub(crate) fn change_end(end: &mut DocumentEnd<'_>, change: Change) -> Result<(), Refusal> {
    match change {
        Change::Append(text, html) => end.append(&text, content_type(html)),
        other => return Err(refuse(&other)),
    }
    Ok(())
}

fn refuse(change: &Change) -> Refusal {
    format!("this change cannot be made here: {change:?}").into()
}
