//! The text of JSX children and attributes: white space and entities. Pure functions.

use oxc_syntax::xml_entities::XML_ENTITIES;

/// The string a JSX text stands for, or `None` if it is layout alone: lines are trimmed where they
/// meet a line break, empty ones vanish, and the rest is joined with spaces.
pub(super) fn child(raw: &str) -> Option<String> {
    let lines: Vec<&str> = raw.split(crate::edits::is_terminator).collect();
    let last = lines.len() - 1;
    let mut kept = Vec::new();
    for (at, line) in lines.into_iter().enumerate() {
        let line = if at == 0 {
            line
        } else {
            line.trim_start_matches([' ', '\t'])
        };
        let line = if at == last {
            line
        } else {
            line.trim_end_matches([' ', '\t'])
        };
        if !line.is_empty() {
            kept.push(decode(line));
        }
    }
    if kept.is_empty() {
        None
    } else {
        Some(kept.join(" "))
    }
}

/// Replaces entities by characters. What is not an entity stays.
pub(super) fn decode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        let (before, entity) = rest.split_at(at);
        out.push_str(before);
        // The longest names have fewer characters than this; it keeps a text of ampersands linear.
        let end = entity.bytes().take(40).position(|byte| byte == b';');
        let found = end.and_then(|end| Some((end, character(entity.get(1..end)?)?)));
        let (end, character) = found.unwrap_or((0, '&'));
        out.push(character);
        rest = entity.get(end + 1..).unwrap_or_default();
    }
    out.push_str(rest);
    out
}

fn character(name: &str) -> Option<char> {
    let Some(number) = name.strip_prefix('#') else {
        return XML_ENTITIES.get(name).copied();
    };
    let code = match number.strip_prefix(['x', 'X']) {
        Some(digits) => u32::from_str_radix(digits, 16).ok()?,
        None => number.parse().ok()?,
    };
    char::from_u32(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layout() {
        let check = |raw: &str, expect: Option<&str>| assert_eq!(child(raw).as_deref(), expect);
        check(" ", Some(" "));
        check("\n  ", None);
        check("", None);
        check("\n  a   b\n  c \n", Some("a   b c"));
        check(" a ", Some(" a "));
        check("a\r\n\r\nb", Some("a b"));
        check("\u{A0}\n", Some("\u{A0}"));
    }

    #[test]
    fn entities() {
        let check = |text: &str, expect: &str| assert_eq!(decode(text), expect);
        check("a&amp;b&lt;", "a&b<");
        check("&#65;&#x42;&#X43;", "ABC");
        check("&nbsp;", "\u{A0}");
        check("&bogus; & &;", "&bogus; & &;");
        check("&#x110000;&#xD800;", "&#x110000;&#xD800;");
        check("&é;", "&é;");
    }
}
