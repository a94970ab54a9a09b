//! Natives of `crust:web/url`: parsing and setting components of WHATWG URLs, as strings. The
//! `url` crate does it; the `file` scheme and path setting, where that crate follows Windows rather
//! than the standard, are our own (`file`, `path`).

mod file;
mod parts;
mod path;
mod setters;

use crust_core::{Call, Op, OpResult};
use file::Parsed;
use parts::Parts;
use url::Url;

/// The natives of this family.
pub(crate) const OPS: &[Op] = &[
    Op::new("urlParse", url_parse),
    Op::new("urlSet", url_set),
    Op::new("domainTo", domain_to),
];

/// `urlParse(input, base | undefined)`: the normalized href, or null if it is no valid URL.
fn url_parse<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let input = cx.string(0)?;
    let base = cx.opt_string(1)?;
    Ok(match parse(&input, base.as_deref()) {
        Some(href) => cx.make_string(&href),
        None => cx.null(),
    })
}

/// `urlSet(href, component, value)`: the href after the setter, unchanged if the value is invalid.
fn url_set<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let href = cx.string(0)?;
    let component = cx.integer::<u8>(1)?;
    let value = cx.string(2)?;
    let changed = setters::set(&href, component, &value).unwrap_or(href);
    Ok(cx.make_string(&changed))
}

/// `domainTo(domain, unicode)`: the ASCII or Unicode form of a domain; empty if it is invalid.
fn domain_to<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let domain = cx.string(0)?;
    let converted = if cx.boolean(1) {
        url::quirks::domain_to_unicode(&domain)
    } else {
        url::quirks::domain_to_ascii(&domain)
    };
    Ok(cx.make_string(&converted))
}

/// The basic URL parser: `None` is failure.
pub(crate) fn parse(input: &str, base: Option<&str>) -> Option<String> {
    let base = match base {
        Some(base) => Some(parse(base, None)?),
        None => None,
    };
    let base = base.as_deref();
    match file::parse(input, base) {
        Parsed::NotFile => {}
        Parsed::Failure => return None,
        Parsed::Href(href) => return Some(href),
    }
    let with_scheme = base.and_then(|base| scheme_relative(input, base));
    let input = with_scheme.as_deref().unwrap_or(input);
    let base = match base {
        Some(base) => Some(Url::parse(base).ok()?),
        None => None,
    };
    Url::options()
        .base_url(base.as_ref())
        .parse(input)
        .ok()
        .map(|url| complete_escapes(url.into()))
}

/// A reference of three slashes or more against a special URL, with the scheme it inherits: the `url`
/// crate skips surplus slashes only behind a scheme.
fn scheme_relative(input: &str, base: &str) -> Option<String> {
    let scheme = base.split(':').next()?;
    if !matches!(scheme, "http" | "https" | "ws" | "wss" | "ftp") {
        return None;
    }
    let rest = input.trim_start_matches(|character: char| character <= ' ');
    let slashes = rest
        .chars()
        .filter(|character| !matches!(character, '\t' | '\n' | '\r'))
        .take_while(|character| matches!(character, '/' | '\\'))
        .take(3)
        .count();
    (slashes == 3).then(|| format!("{scheme}:{rest}"))
}

/// Escapes what the standard came to escape after the `url` crate's release: `^` in paths, and the
/// last space of an opaque path before a query or fragment.
fn complete_escapes(href: String) -> String {
    if !href.contains(['^', ' ']) {
        return href;
    }
    let parts = Parts::of(&href);
    let escaped = if !parts.is_opaque() {
        parts.path.replace('^', "%5E")
    } else if let Some(path) = parts.path.strip_suffix(' ')
        && (parts.query.is_some() || parts.fragment.is_some())
    {
        format!("{path}%20")
    } else {
        return href;
    };
    parts.join(&escaped)
}

#[cfg(test)]
mod tests;
