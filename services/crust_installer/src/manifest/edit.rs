//! Changes of a JSON text in place: one value is replaced, one member added or taken away, and
//! everything else keeps its bytes. Comments and trailing commas are understood. Never reads a file.

use std::ops::Range;

/// Deeper texts are refused: npm's own manifests have some five levels.
const DEEPEST: usize = 128;

/// A JSON text that is changed.
#[derive(Debug, Clone)]
pub(crate) struct JsonText {
    text: String,
    indent: String,
}

/// A member of an object, as spans of the text.
#[derive(Debug)]
struct Member {
    key: String,
    /// From the key's first quote to the value's end.
    whole: Range<usize>,
    value: Range<usize>,
}

impl JsonText {
    /// The text, or `None` where it holds no object. One that stands on a line is laid out anew, by two
    /// spaces, as Bun does.
    pub(crate) fn new(text: &str) -> Option<Self> {
        let mut new = Self {
            text: text.to_owned(),
            indent: "  ".to_owned(),
        };
        let open = new.root()?;
        let members = new.members(open)?;
        let Some(first) = members.first() else {
            return Some(new);
        };
        let before = new.text.get(open..first.whole.start)?;
        if let Some(line) = before.rfind('\n') {
            let indent = before.get(line + 1..)?;
            if !indent.is_empty() && indent.bytes().all(|byte| byte == b' ' || byte == b'\t') {
                indent.clone_into(&mut new.indent);
            }
        } else {
            if let Some(line) = new.text.find('\n') {
                let rest = new.text.get(line + 1..).unwrap_or_default();
                let end = rest.find(|letter| letter != ' ' && letter != '\t');
                let indent = rest.get(..end.unwrap_or(0)).unwrap_or_default();
                if !indent.is_empty() {
                    indent.clone_into(&mut new.indent);
                }
            }
            let end = new.value_end(open)?;
            let mut out = String::with_capacity(new.text.len() * 2);
            new.render(&mut out, new.text.get(open..end)?, 0)?;
            new.text.replace_range(open..end, &out);
        }
        Some(new)
    }

    /// The text as it is now.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// The raw text of a value.
    pub(crate) fn get(&self, path: &[&str]) -> Option<&str> {
        let mut at = self.root()?;
        for name in path {
            at = self.member(at, name)?.value.start;
        }
        self.text.get(at..self.value_end(at)?)
    }

    /// The names in an object.
    pub(crate) fn keys(&self, path: &[&str]) -> Vec<String> {
        let object = self.object(path);
        let members = object.and_then(|at| self.members(at)).unwrap_or_default();
        members.into_iter().map(|member| member.key).collect()
    }

    /// Puts a value, written as JSON, in its place; objects on the way are made. `None` where the path
    /// leads through something that is no object, or the value is not JSON.
    pub(crate) fn set(&mut self, path: &[&str], value: &str) -> Option<()> {
        let (last, above) = path.split_last()?;
        let mut at = self.root()?;
        for (depth, name) in above.iter().enumerate() {
            let Some(found) = self.member(at, name) else {
                let nested = path.get(depth + 1..)?.iter().rev();
                let raw = nested.fold(value.to_owned(), |raw, key| {
                    format!("{{{}:{raw}}}", quoted(key))
                });
                return self.insert(at, depth, name, &raw);
            };
            at = found.value.start;
        }
        match self.member(at, last) {
            Some(found) => {
                let mut out = String::new();
                self.render(&mut out, value, path.len())?;
                self.text.replace_range(found.value, &out);
                Some(())
            }
            None => self.insert(at, above.len(), last, value),
        }
    }

    /// Sets a text.
    pub(crate) fn set_text(&mut self, path: &[&str], value: &str) -> Option<()> {
        self.set(path, &quoted(value))
    }

    /// Takes a member away; whether it was there.
    pub(crate) fn remove(&mut self, path: &[&str]) -> bool {
        self.try_remove(path).is_some()
    }

    fn try_remove(&mut self, path: &[&str]) -> Option<()> {
        let (last, above) = path.split_last()?;
        let at = self.object(above)?;
        let members = self.members(at)?;
        let index = members.iter().position(|member| member.key == *last)?;
        let own = members.get(index)?.whole.clone();
        let before = index.checked_sub(1).and_then(|index| members.get(index));
        let range = match (before, members.get(index + 1)) {
            (Some(before), _) => before.whole.end..own.end,
            (None, Some(next)) => own.start..next.whole.start,
            (None, None) => at + 1..self.value_end(at)? - 1,
        };
        self.text.replace_range(range, "");
        Some(())
    }

    /// Sorts the members of an object by name, unless a comment stands among them.
    pub(crate) fn sort(&mut self, path: &[&str]) {
        let Some((at, members)) = self
            .object(path)
            .and_then(|at| Some((at, self.members(at)?)))
        else {
            return;
        };
        if members.is_sorted_by(|left, right| left.key <= right.key) {
            return;
        }
        let Some(end) = self.value_end(at) else {
            return;
        };
        let raw = self.text.get(at..end).unwrap_or_default();
        if has_comment(raw) {
            return;
        }
        let mut sorted: Vec<&Member> = members.iter().collect();
        sorted.sort_by(|left, right| left.key.cmp(&right.key));
        let lines: Vec<&str> = sorted
            .iter()
            .filter_map(|member| self.text.get(member.whole.clone()))
            .collect();
        let raw = format!("{{\n{}\n}}", lines.join(",\n"));
        let _ = self.set(path, &raw);
    }

    fn insert(&mut self, at: usize, depth: usize, key: &str, value: &str) -> Option<()> {
        let members = self.members(at)?;
        let mut member = format!("{}: ", quoted(key));
        self.render(&mut member, value, depth + 1)?;
        let line = format!("\n{}{member}", self.indent.repeat(depth + 1));
        if let Some(last) = members.last() {
            self.text.insert_str(last.whole.end, &format!(",{line}"));
        } else {
            let end = self.value_end(at)?;
            let text = format!("{{{line}\n{}}}", self.indent.repeat(depth));
            self.text.replace_range(at..end, &text);
        }
        Some(())
    }

    fn root(&self) -> Option<usize> {
        let at = self.skip(if self.text.starts_with('\u{feff}') {
            3
        } else {
            0
        });
        (self.byte(at)? == b'{').then_some(at)
    }

    fn object(&self, path: &[&str]) -> Option<usize> {
        let mut at = self.root()?;
        for name in path {
            at = self.member(at, name)?.value.start;
        }
        (self.byte(at)? == b'{').then_some(at)
    }

    /// The last member of that name counts, as in every reader.
    fn member(&self, at: usize, name: &str) -> Option<Member> {
        let members = self.members(at)?;
        members.into_iter().rfind(|member| member.key == name)
    }

    fn byte(&self, at: usize) -> Option<u8> {
        self.text.as_bytes().get(at).copied()
    }

    fn skip(&self, at: usize) -> usize {
        skip(self.text.as_bytes(), at)
    }

    fn value_end(&self, at: usize) -> Option<usize> {
        value_end(self.text.as_bytes(), at)
    }

    fn members(&self, at: usize) -> Option<Vec<Member>> {
        members(&self.text, at)
    }

    /// Writes a value, whose first line stands at `depth`. Lists that stood on one line stay there.
    fn render(&self, out: &mut String, value: &str, depth: usize) -> Option<()> {
        if depth > DEEPEST {
            return None;
        }
        let start = skip(value.as_bytes(), 0);
        let end = value_end(value.as_bytes(), start)?;
        let raw = value.get(start..end)?;
        match raw.as_bytes().first()? {
            b'{' => {
                let members = members(raw, 0)?;
                let parts = members.iter().map(|member| {
                    let mut part = format!(
                        "{}: ",
                        raw.get(member.whole.start..)?
                            .get(..key_length(raw, member)?)?
                    );
                    self.render(&mut part, raw.get(member.value.clone())?, depth + 1)?;
                    Some(part)
                });
                let parts: Vec<String> = parts.collect::<Option<_>>()?;
                self.block(out, &parts, ('{', '}'), depth);
            }
            b'[' => {
                let items = elements(raw)?;
                let is_long = raw.contains('\n');
                let parts = items.into_iter().map(|item| {
                    let mut part = String::new();
                    self.render(&mut part, raw.get(item)?, depth + usize::from(is_long))?;
                    Some(part)
                });
                let parts: Vec<String> = parts.collect::<Option<_>>()?;
                if is_long {
                    self.block(out, &parts, ('[', ']'), depth);
                } else {
                    out.push('[');
                    out.push_str(&parts.join(", "));
                    out.push(']');
                }
            }
            _ => out.push_str(raw),
        }
        Some(())
    }

    fn block(&self, out: &mut String, parts: &[String], (open, close): (char, char), depth: usize) {
        out.push(open);
        for (index, part) in parts.iter().enumerate() {
            out.push_str(if index > 0 { ",\n" } else { "\n" });
            out.push_str(&self.indent.repeat(depth + 1));
            out.push_str(part);
        }
        if !parts.is_empty() {
            out.push('\n');
            out.push_str(&self.indent.repeat(depth));
        }
        out.push(close);
    }
}

/// A text as a JSON string.
pub(crate) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn key_length(text: &str, member: &Member) -> Option<usize> {
    Some(string_end(text.as_bytes(), member.whole.start)? - member.whole.start)
}

/// Past spaces and comments.
fn skip(text: &[u8], mut at: usize) -> usize {
    loop {
        match (text.get(at), text.get(at + 1)) {
            (Some(b' ' | b'\t' | b'\r' | b'\n'), _) => at += 1,
            (Some(b'/'), Some(b'/')) => {
                at += text
                    .get(at..)
                    .unwrap_or_default()
                    .iter()
                    .position(|&byte| byte == b'\n')
                    .unwrap_or(text.len() - at);
            }
            (Some(b'/'), Some(b'*')) => {
                let rest = text.get(at + 2..).unwrap_or_default();
                let end = rest.windows(2).position(|pair| pair == b"*/");
                at += end.map_or(text.len() - at, |end| end + 4);
            }
            _ => return at,
        }
    }
}

fn string_end(text: &[u8], at: usize) -> Option<usize> {
    if text.get(at) != Some(&b'"') {
        return None;
    }
    let mut next = at + 1;
    loop {
        match text.get(next)? {
            b'"' => return Some(next + 1),
            b'\\' => next += 2,
            _ => next += 1,
        }
    }
}

/// Where the value that begins at `at` ends.
fn value_end(text: &[u8], at: usize) -> Option<usize> {
    match text.get(at)? {
        b'"' => string_end(text, at),
        b'{' | b'[' => {
            let mut depth = 0_usize;
            let mut next = at;
            loop {
                next = skip(text, next);
                match text.get(next)? {
                    b'"' => next = string_end(text, next)?,
                    b'{' | b'[' => {
                        depth += 1;
                        next += 1;
                    }
                    b'}' | b']' => {
                        depth -= 1;
                        next += 1;
                        if depth == 0 {
                            return Some(next);
                        }
                    }
                    _ => next += 1,
                }
            }
        }
        _ => {
            let rest = text.get(at..)?;
            let length = rest
                .iter()
                .position(|byte| b",}] \t\r\n/".contains(byte))
                .unwrap_or(rest.len());
            (length > 0).then_some(at + length)
        }
    }
}

/// The members of the object that begins at `at`.
fn members(text: &str, at: usize) -> Option<Vec<Member>> {
    let bytes = text.as_bytes();
    if bytes.get(at) != Some(&b'{') {
        return None;
    }
    let mut found = Vec::new();
    let mut next = skip(bytes, at + 1);
    while bytes.get(next)? != &b'}' {
        let start = next;
        let key_end = string_end(bytes, start)?;
        let key = serde_json::from_str(text.get(start..key_end)?).ok()?;
        let colon = skip(bytes, key_end);
        if bytes.get(colon)? != &b':' {
            return None;
        }
        let value = skip(bytes, colon + 1);
        let end = value_end(bytes, value)?;
        found.push(Member {
            key,
            whole: start..end,
            value: value..end,
        });
        next = skip(bytes, end);
        if bytes.get(next)? == &b',' {
            next = skip(bytes, next + 1);
        } else if bytes.get(next)? != &b'}' {
            return None;
        }
    }
    Some(found)
}

/// The items of a list.
pub(crate) fn elements(text: &str) -> Option<Vec<Range<usize>>> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut next = skip(bytes, 1);
    while bytes.get(next)? != &b']' {
        let end = value_end(bytes, next)?;
        found.push(next..end);
        next = skip(bytes, end);
        if bytes.get(next)? == &b',' {
            next = skip(bytes, next + 1);
        } else if bytes.get(next)? != &b']' {
            return None;
        }
    }
    Some(found)
}

/// Whether a comment stands outside strings.
fn has_comment(text: &str) -> bool {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => match string_end(bytes, at) {
                Some(end) => at = end,
                None => return true,
            },
            b'/' => return true,
            _ => at += 1,
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::JsonText;

    fn changed(text: &str, change: impl FnOnce(&mut JsonText)) -> String {
        let mut edited = JsonText::new(text).unwrap();
        change(&mut edited);
        edited.text().to_owned()
    }

    #[test]
    fn members_are_set_where_they_are() {
        let text = "{\n\t\"name\": \"p\", // mine\n\t\"version\" : 1.50,\n\t\"a\": {}\n}\n";
        let out = changed(text, |json| {
            json.set_text(&["name"], "q").unwrap();
            json.set_text(&["a", "x"], "1").unwrap();
            json.set_text(&["b", "y"], "2").unwrap();
        });
        assert_eq!(
            out,
            "{\n\t\"name\": \"q\", // mine\n\t\"version\" : 1.50,\n\t\"a\": {\n\t\t\"x\": \"1\"\n\t},\n\t\"b\": {\n\t\t\"y\": \"2\"\n\t}\n}\n"
        );
    }

    #[test]
    fn one_line_is_laid_out() {
        let out = changed("{\"f\":[\"x\",\"y\"],\"d\":{\"b\":1}}", |json| {
            json.set_text(&["d", "a"], "^1").unwrap();
            json.sort(&["d"]);
        });
        assert_eq!(
            out,
            "{\n  \"f\": [\"x\", \"y\"],\n  \"d\": {\n    \"a\": \"^1\",\n    \"b\": 1\n  }\n}"
        );
    }

    #[test]
    fn members_are_taken_away() {
        let text = "{\n  \"a\": 1,\n  \"b\": 2,\n  \"c\": {\n    \"d\": 3\n  },\n}";
        assert_eq!(
            changed(text, |json| assert!(json.remove(&["a"]))),
            "{\n  \"b\": 2,\n  \"c\": {\n    \"d\": 3\n  },\n}"
        );
        assert_eq!(
            changed(text, |json| assert!(json.remove(&["b"]))),
            "{\n  \"a\": 1,\n  \"c\": {\n    \"d\": 3\n  },\n}"
        );
        assert_eq!(
            changed(text, |json| assert!(json.remove(&["c", "d"]))),
            "{\n  \"a\": 1,\n  \"b\": 2,\n  \"c\": {},\n}"
        );
        assert!(!JsonText::new(text).unwrap().remove(&["x", "y"]));
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_or_refused(text: String, key: String) {
            if let Some(mut json) = JsonText::new(&text) {
                let _ = json.set(&[&key, "x"], "[1]");
                json.remove(&[&key]);
                json.sort(&[]);
            }
        }

        #[test]
        fn what_is_set_is_there(names: Vec<String>, key: String, value: String) {
            let object: serde_json::Map<_, _> = names.into_iter().map(|name| (name, 1.into())).collect();
            let text = serde_json::to_string_pretty(&object).unwrap();
            let mut json = JsonText::new(&text).unwrap();
            json.set_text(&[&key], &value).unwrap();
            let read: serde_json::Value = serde_json::from_str(json.text()).unwrap();
            proptest::prop_assert_eq!(read.get(&key).unwrap().as_str().unwrap(), &value);
            proptest::prop_assert!(json.remove(&[&key]));
            let read: serde_json::Value = serde_json::from_str(json.text()).unwrap();
            proptest::prop_assert!(read.get(&key).is_none());
        }
    }
}
