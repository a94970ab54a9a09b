//! Pages: the scripts, style sheets and files that a page names are found, and the page is written again with
//! what became of them. Parsing is `lol_html`'s.

use std::borrow::Cow;
use std::cell::RefCell;
use std::rc::Rc;

use lol_html::html_content::{ContentType, Element};
use lol_html::{
    ElementContentHandlers, HandlerResult, RewriteStrSettings, Selector, element, end_tag,
    rewrite_str,
};

use crate::css::is_local;

/// What a page names, in the order of its text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Named {
    pub(crate) scripts: Vec<String>,
    pub(crate) styles: Vec<String>,
    pub(crate) files: Vec<String>,
}

/// What stands in a page for what was bundled.
#[derive(Clone, Debug)]
pub(crate) enum Part {
    /// A file of the output, by its URL.
    Link(String),
    /// The text itself.
    Inline(String),
}

/// The attributes that name files.
const FILES: &[(&str, &str)] = &[
    ("img", "src"),
    ("source", "src"),
    ("video", "src"),
    ("video", "poster"),
    ("audio", "src"),
    ("track", "src"),
    ("embed", "src"),
    ("object", "data"),
    ("image", "href"),
    ("link[rel~='icon']", "href"),
    ("link[rel='shortcut icon']", "href"),
    ("link[rel~='apple-touch-icon']", "href"),
    ("link[rel~='mask-icon']", "href"),
    ("link[rel~='manifest']", "href"),
    ("link[rel~='preload']", "href"),
];

/// Those that name several, each with a width or density.
const SETS: &[(&str, &str)] = &[("img", "srcset"), ("source", "srcset")];

type Found = Rc<RefCell<Named>>;

/// Finds what a page names.
pub(crate) fn find(page: &str) -> Result<Named, String> {
    let found: Found = Rc::default();
    let mut handlers = Vec::new();
    for &(selector, attribute) in FILES {
        let found = Rc::clone(&found);
        handlers.push(element!(selector, move |element| {
            let value = element.get_attribute(attribute);
            let mut found = found.borrow_mut();
            found.files.extend(value.filter(|value| is_local(value)));
            Ok(())
        }));
    }
    for &(selector, attribute) in SETS {
        let found = Rc::clone(&found);
        handlers.push(element!(selector, move |element| {
            let set = element.get_attribute(attribute).unwrap_or_default();
            let urls = candidates(&set).into_iter().map(|(url, _)| url);
            let mut found = found.borrow_mut();
            found.files.extend(urls.filter(|url| is_local(url)));
            Ok(())
        }));
    }
    let scripts = Rc::clone(&found);
    handlers.push(element!("script[src]", move |element| {
        let script = script_of(element);
        scripts.borrow_mut().scripts.extend(script);
        Ok(())
    }));
    let styles = Rc::clone(&found);
    handlers.push(element!("link[rel~='stylesheet'][href]", move |element| {
        let style = style_of(element);
        styles.borrow_mut().styles.extend(style);
        Ok(())
    }));
    rewrite_str(page, settings(handlers)).map_err(|error| error.to_string())?;
    Ok(found.take())
}

type Handler<'h> = (
    Cow<'static, Selector>,
    ElementContentHandlers<'h, lol_html::LocalHandlerTypes>,
);

fn settings(handlers: Vec<Handler<'_>>) -> RewriteStrSettings<'_, '_> {
    let mut settings = RewriteStrSettings::new();
    for handler in handlers {
        settings = settings.append_element_content_handler(handler);
    }
    settings
}

/// A local script that is code, and not data of some type.
fn script_of(element: &Element<'_, '_>) -> Option<String> {
    let kind = element.get_attribute("type").unwrap_or_default();
    let is_code = matches!(
        kind.as_str(),
        "" | "module" | "text/javascript" | "application/javascript"
    );
    let source = element.get_attribute("src")?;
    (is_code && is_local(&source)).then_some(source)
}

fn style_of(element: &Element<'_, '_>) -> Option<String> {
    let reference = element.get_attribute("href")?;
    is_local(&reference).then_some(reference)
}

/// The URLs of a `srcset` with what follows each.
fn candidates(set: &str) -> Vec<(String, String)> {
    // A `data:` URL has commas of its own; a candidate ends at a comma with a space after it, or at the end.
    let parts = set
        .split(", ")
        .flat_map(|part| {
            if part.contains("data:") {
                vec![part]
            } else {
                part.split(',').collect()
            }
        })
        .map(str::trim)
        .filter(|part| !part.is_empty());
    parts
        .map(|part| match part.split_once(char::is_whitespace) {
            Some((url, rest)) => (url.to_owned(), format!(" {}", rest.trim())),
            None => (part.to_owned(), String::new()),
        })
        .collect()
}

/// Writes a page with its bundle, and with `place` for each file that it names.
pub(crate) fn write(
    page: &str,
    script: Option<Part>,
    style: Option<Part>,
    place: &dyn Fn(&str) -> Option<String>,
) -> Result<String, String> {
    let tags = tags(script, style);
    let written = Rc::new(RefCell::new(tags.is_empty()));
    let mut handlers = Vec::new();
    for &(selector, attribute) in FILES {
        handlers.push(element!(selector, move |element| {
            let value = element.get_attribute(attribute);
            if let Some(value) = value.and_then(|value| place(&value)) {
                element.set_attribute(attribute, &value)?;
            }
            Ok(())
        }));
    }
    for &(selector, attribute) in SETS {
        handlers.push(element!(selector, move |element| {
            if let Some(set) = element.get_attribute(attribute) {
                let urls = candidates(&set).into_iter();
                let placed: Vec<String> = urls
                    .map(|(url, rest)| format!("{}{rest}", place(&url).unwrap_or(url)))
                    .collect();
                element.set_attribute(attribute, &placed.join(", "))?;
            }
            Ok(())
        }));
    }
    handlers.push(element!("script[src]", |element| {
        if script_of(element).is_some() {
            element.remove();
        }
        Ok(())
    }));
    handlers.push(element!("link[rel~='stylesheet'][href]", |element| {
        if style_of(element).is_some() {
            element.remove();
        }
        Ok(())
    }));
    for selector in ["head", "body"] {
        let (tags, written) = (tags.clone(), Rc::clone(&written));
        handlers.push(element!(selector, move |element| {
            let (tags, written) = (tags.clone(), Rc::clone(&written));
            before_end(element, tags, written)
        }));
    }
    let mut text = rewrite_str(page, settings(handlers)).map_err(|error| error.to_string())?;
    if !written.take() {
        // A page without a head and a body is all body.
        text.push_str(&tags);
    }
    Ok(text)
}

/// Puts the tags before the end of the first of these elements that has one.
fn before_end(
    element: &mut Element<'_, '_>,
    tags: String,
    written: Rc<RefCell<bool>>,
) -> HandlerResult {
    if let Some(handlers) = element.end_tag_handlers() {
        handlers.push(end_tag!(move |end| {
            if !written.replace(true) {
                end.before(&tags, ContentType::Html);
            }
            Ok(())
        }));
    }
    Ok(())
}

fn tags(script: Option<Part>, style: Option<Part>) -> String {
    let style = style.map(|style| match style {
        Part::Link(url) => format!(
            "<link rel=\"stylesheet\" crossorigin href=\"{}\">",
            escape(&url)
        ),
        Part::Inline(text) => format!("<style>{}</style>", text.replace("</style", "<\\/style")),
    });
    let script = script.map(|script| match script {
        Part::Link(url) => format!(
            "<script type=\"module\" crossorigin src=\"{}\"></script>",
            escape(&url)
        ),
        Part::Inline(text) => format!(
            "<script type=\"module\">{}</script>",
            text.replace("</script", "<\\/script")
        ),
    });
    style.into_iter().chain(script).collect()
}

fn escape(url: &str) -> String {
    url.replace('&', "&amp;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "<!DOCTYPE html><html><head><link rel=\"stylesheet\" href=\"./a.css\">\
        <link rel=\"icon\" href=\"./i.svg\"><script type=\"module\" src=\"./a.ts\"></script>\
        <script src=\"https://cdn/x.js\"></script><script type=\"application/json\" src=\"d.json\"></script></head>\
        <body><img src=\"p.png\" srcset=\"p.png 1x, q.png 2x\"><a href=\"o.html\">o</a></body></html>";

    #[test]
    fn what_a_page_names_is_found() {
        let found = find(PAGE).unwrap();
        assert_eq!(found.scripts, ["./a.ts"]);
        assert_eq!(found.styles, ["./a.css"]);
        assert_eq!(found.files, ["./i.svg", "p.png", "p.png", "q.png"]);
    }

    #[test]
    fn a_page_is_written_with_its_bundle() {
        let place = |url: &str| {
            url.strip_suffix(".png")
                .map(|name| format!("/{name}-1.png"))
        };
        let script = Some(Part::Link("./a-1.js".to_owned()));
        let style = Some(Part::Inline("a{}</style>".to_owned()));
        let text = write(PAGE, script, style, &place).unwrap();
        assert!(text.contains("<style>a{}<\\/style></style><script type=\"module\" crossorigin src=\"./a-1.js\"></script></head>"), "{text}");
        assert!(
            text.contains("<img src=\"/p-1.png\" srcset=\"/p-1.png 1x, /q-1.png 2x\">"),
            "{text}"
        );
        assert!(!text.contains("a.ts") && !text.contains("a.css"), "{text}");
        assert!(
            text.contains("https://cdn/x.js") && text.contains("d.json"),
            "{text}"
        );
        let bare = write("<p>", Some(Part::Link("x".to_owned())), None, &place).unwrap();
        assert!(bare.ends_with("src=\"x\"></script>"), "{bare}");
    }

    #[test]
    fn candidates_have_widths() {
        let check = |set: &str, expect: &[(&str, &str)]| {
            let expect: Vec<_> = expect
                .iter()
                .map(|(url, rest)| ((*url).to_owned(), (*rest).to_owned()))
                .collect();
            assert_eq!(candidates(set), expect, "{set}");
        };
        check("a.png", &[("a.png", "")]);
        check("a.png 1x,b.png  2x", &[("a.png", " 1x"), ("b.png", " 2x")]);
        check("data:a,b 1x, c 2x", &[("data:a,b", " 1x"), ("c", " 2x")]);
    }
}
