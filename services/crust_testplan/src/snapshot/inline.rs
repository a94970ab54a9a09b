//! Writes inline snapshots into a source: finds the call at its place, and adds or replaces the template
//! literal among its arguments. Works on the text alone, so that formatting and types stay as they are.

use super::file::escaped;

/// A snapshot to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InlineSnapshot {
    /// The line of the call's name, from 1.
    pub line: usize,
    /// Its column, from 1, in UTF-16 code units.
    pub column: usize,
    /// The method, such as `toMatchInlineSnapshot`.
    pub method: String,
    /// The text, without indentation of the source.
    pub value: String,
}

/// Why a source was not rewritten.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InlineError {
    /// The source changed since it was run.
    #[error("line {0}: there is no call of {1} here any more")]
    NoCall(usize, String),
    /// One place, two values.
    #[error("line {0}: the snapshot has a different value on each run of this line")]
    Differs(usize),
    /// The arguments are not understood.
    #[error("line {0}: the arguments of this call cannot be rewritten")]
    Arguments(usize),
}

/// The source with the snapshots in it.
///
/// # Errors
/// [`InlineError`]; nothing is rewritten then.
pub fn rewrite(source: &str, snapshots: &[InlineSnapshot]) -> Result<String, InlineError> {
    let mut edits: Vec<(usize, usize, String, usize)> = Vec::new();
    for snapshot in snapshots {
        let (start, end, text) = edit(source, snapshot)?;
        match edits.iter().find(|edit| edit.0 == start) {
            Some(known) if known.2 == text => {}
            Some(_) => return Err(InlineError::Differs(snapshot.line)),
            None => edits.push((start, end, text, snapshot.line)),
        }
    }
    edits.sort_by_key(|edit| std::cmp::Reverse(edit.0));
    let mut out = source.to_owned();
    for (start, end, text, line) in edits {
        if out.get(start..end).is_none() {
            return Err(InlineError::Arguments(line));
        }
        out.replace_range(start..end, &text);
    }
    Ok(out)
}

fn edit(source: &str, snapshot: &InlineSnapshot) -> Result<(usize, usize, String), InlineError> {
    let missing = || InlineError::NoCall(snapshot.line, snapshot.method.clone());
    let line_start = line_offset(source, snapshot.line).ok_or_else(missing)?;
    let line = source.get(line_start..).unwrap_or_default();
    let at = line_start + column_offset(line, snapshot.column);
    let call = find_call(source, at, line_start, &snapshot.method).ok_or_else(missing)?;
    let arguments = arguments(source, call).ok_or(InlineError::Arguments(snapshot.line))?;
    let indent: String = line
        .chars()
        .take_while(|letter| *letter == ' ' || *letter == '\t')
        .collect();
    let literal = literal(&snapshot.value, &indent);
    Ok(match arguments.list.as_slice() {
        [] => (arguments.close, arguments.close, literal),
        [(start, end)] if is_text(source, *start) => (*start, *end, literal),
        [(_, end)] => (*end, *end, format!(", {literal}")),
        [_, (start, end), ..] => (*start, *end, literal),
    })
}

fn line_offset(source: &str, line: usize) -> Option<usize> {
    let mut offset = 0;
    for _ in 1..line {
        offset += source.get(offset..)?.find('\n')? + 1;
    }
    Some(offset)
}

fn column_offset(line: &str, column: usize) -> usize {
    let mut units = 1;
    for (index, letter) in line.char_indices() {
        if units >= column || letter == '\n' {
            return index;
        }
        units += letter.len_utf16();
    }
    line.len()
}

/// The offset behind the method's name. The engine's column is that of the name, or of the call's
/// parenthesis or its receiver, so the nearest call of the line is taken.
fn find_call(source: &str, at: usize, line_start: usize, method: &str) -> Option<usize> {
    let is_call = |offset: usize| {
        let rest = source.get(offset..).unwrap_or_default();
        rest.strip_prefix(method)
            .is_some_and(|rest| rest.trim_start().starts_with('('))
    };
    let line_end = source
        .get(at..)?
        .find('\n')
        .map_or(source.len(), |end| at + end);
    let starts: Vec<usize> = source
        .get(line_start..line_end)?
        .match_indices(method)
        .map(|(index, _)| line_start + index)
        .filter(|offset| is_call(*offset))
        .collect();
    let containing = starts
        .iter()
        .rev()
        .find(|start| **start <= at && at <= **start + method.len());
    let after = starts.iter().find(|start| **start >= at);
    let nearest = containing.or(after).or(starts.last()).copied();
    // The receiver may stand some lines above the method.
    let found = nearest.or_else(|| {
        let rest = source.get(at..)?;
        rest.match_indices(method)
            .map(|(index, _)| at + index)
            .find(|offset| is_call(*offset))
    });
    found.map(|start| start + method.len())
}

struct Arguments {
    close: usize,
    list: Vec<(usize, usize)>,
}

/// The arguments of the call whose name ends at `at`.
fn arguments(source: &str, at: usize) -> Option<Arguments> {
    let open = at + source.get(at..)?.find('(')? + 1;
    let mut scanner = Scanner {
        source,
        at: open,
        previous: '(',
    };
    let mut list = Vec::new();
    // The argument so far, from its first token to the end of its last.
    let mut argument: Option<(usize, usize)> = None;
    let mut depth = 0_usize;
    loop {
        let position = scanner.at;
        let token = scanner.next()?;
        match token {
            ')' if depth == 0 => {
                list.extend(argument);
                return Some(Arguments {
                    close: position,
                    list,
                });
            }
            ',' if depth == 0 => {
                list.extend(argument.take());
                continue;
            }
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.checked_sub(1)?,
            // Space and comments are no argument.
            token if token.is_whitespace() => continue,
            _ => {}
        }
        argument = Some((argument.map_or(position, |(start, _)| start), scanner.at));
    }
}

fn is_text(source: &str, start: usize) -> bool {
    source
        .get(start..)
        .is_some_and(|rest| rest.starts_with(['`', '"', '\'']))
}

/// Walks over tokens just finely enough to know brackets and commas from the inside of literals.
struct Scanner<'a> {
    source: &'a str,
    at: usize,
    previous: char,
}

impl Scanner<'_> {
    /// The next token's first character; literals and comments count as one.
    fn next(&mut self) -> Option<char> {
        let rest = self.source.get(self.at..)?;
        let letter = rest.chars().next()?;
        let length = match letter {
            '\'' | '"' => quoted(rest, letter)?,
            '`' => template(rest)?,
            '/' if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            '/' if rest.starts_with("/*") => rest.find("*/")? + 2,
            '/' if "(,=:[!&|?{};+-*%<>~^".contains(self.previous) => regular_expression(rest)?,
            letter => letter.len_utf8(),
        };
        self.at += length;
        let is_comment = rest.starts_with("//") || rest.starts_with("/*");
        if !letter.is_whitespace() && !is_comment {
            self.previous = letter;
        }
        Some(if is_comment { ' ' } else { letter })
    }
}

fn quoted(rest: &str, quote: char) -> Option<usize> {
    let mut letters = rest.char_indices().skip(1);
    while let Some((index, letter)) = letters.next() {
        match letter {
            '\\' => {
                letters.next();
            }
            letter if letter == quote => return Some(index + 1),
            _ => {}
        }
    }
    None
}

fn regular_expression(rest: &str) -> Option<usize> {
    let (mut letters, mut in_class) = (rest.char_indices().skip(1), false);
    while let Some((index, letter)) = letters.next() {
        match letter {
            '\\' => {
                letters.next();
            }
            '[' => in_class = true,
            ']' => in_class = false,
            '/' if !in_class => return Some(index + 1),
            '\n' => return None,
            _ => {}
        }
    }
    None
}

/// A template literal, with what its placeholders hold.
fn template(rest: &str) -> Option<usize> {
    let mut at = 1;
    loop {
        let tail = rest.get(at..)?;
        let letter = tail.chars().next()?;
        if letter == '`' {
            return Some(at + 1);
        }
        if letter == '\\' {
            at += 1 + tail.chars().nth(1)?.len_utf8();
        } else if tail.starts_with("${") {
            at += 2;
            let mut scanner = Scanner {
                source: rest,
                at,
                previous: '{',
            };
            let mut depth = 0_usize;
            loop {
                match scanner.next()? {
                    '{' => depth += 1,
                    '}' if depth == 0 => break,
                    '}' => depth -= 1,
                    _ => {}
                }
            }
            at = scanner.at;
        } else {
            at += letter.len_utf8();
        }
    }
}

/// The template literal; several lines are indented one step deeper than the statement.
fn literal(value: &str, indent: &str) -> String {
    if !value.contains('\n') {
        return format!("`{}`", escaped(value));
    }
    let step = if indent.contains('\t') { "\t" } else { "  " };
    let mut out = String::from("`\n");
    for line in value.split('\n') {
        if !line.is_empty() {
            out.push_str(indent);
            out.push_str(step);
            out.push_str(&escaped(line));
        }
        out.push('\n');
    }
    out.push_str(indent);
    out.push('`');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(source: &str, line: usize, column: usize, value: &str, expect: &str) {
        let snapshot = InlineSnapshot {
            line,
            column,
            method: "toMatchInlineSnapshot".into(),
            value: value.into(),
        };
        assert_eq!(rewrite(source, &[snapshot]).as_deref(), Ok(expect));
    }

    #[test]
    fn an_empty_call_gets_its_snapshot() {
        check(
            "  expect(1).toMatchInlineSnapshot();",
            1,
            13,
            "1",
            "  expect(1).toMatchInlineSnapshot(`1`);",
        );
    }

    #[test]
    fn several_lines_are_indented() {
        check(
            "  expect(a).toMatchInlineSnapshot();",
            1,
            13,
            "{\n  \"a\": `x`,\n}",
            "  expect(a).toMatchInlineSnapshot(`\n    {\n      \"a\": \\`x\\`,\n    }\n  `);",
        );
    }

    #[test]
    fn a_literal_is_replaced_and_matchers_stay() {
        check(
            "expect(a).toMatchInlineSnapshot({ b: expect.stringMatching(/[)}]/), c: `${{a:1}}` }, `old`);",
            1,
            11,
            "new",
            "expect(a).toMatchInlineSnapshot({ b: expect.stringMatching(/[)}]/), c: `${{a:1}}` }, `new`);",
        );
        check(
            "expect(a).toMatchInlineSnapshot({ b: expect.any(Number) })",
            1,
            11,
            "new",
            "expect(a).toMatchInlineSnapshot({ b: expect.any(Number) }, `new`)",
        );
    }

    #[test]
    fn comments_are_no_arguments() {
        check(
            "expect(a).toMatchInlineSnapshot(/* none, ( */);",
            1,
            11,
            "1",
            "expect(a).toMatchInlineSnapshot(/* none, ( */`1`);",
        );
        check(
            "expect(a).toMatchInlineSnapshot({ b }, /* old */ `0` /* end */);",
            1,
            11,
            "1",
            "expect(a).toMatchInlineSnapshot({ b }, /* old */ `1` /* end */);",
        );
    }

    #[test]
    fn two_calls_of_a_line_are_told_apart() {
        let source = "expect(1).toMatchInlineSnapshot(); expect(2).toMatchInlineSnapshot();";
        let second = source.rfind("toMatch").unwrap() + 1;
        check(
            source,
            1,
            second,
            "2",
            "expect(1).toMatchInlineSnapshot(); expect(2).toMatchInlineSnapshot(`2`);",
        );
    }

    #[test]
    fn a_method_on_a_later_line_is_found() {
        check(
            "expect(\n  1,\n).toMatchInlineSnapshot()",
            1,
            1,
            "1",
            "expect(\n  1,\n).toMatchInlineSnapshot(`1`)",
        );
    }

    #[test]
    fn one_place_has_one_value() {
        let snapshot = |value: &str| InlineSnapshot {
            line: 1,
            column: 1,
            method: "toMatchInlineSnapshot".into(),
            value: value.into(),
        };
        let result = rewrite("toMatchInlineSnapshot()", &[snapshot("1"), snapshot("2")]);
        assert_eq!(result, Err(InlineError::Differs(1)));
    }

    proptest::proptest! {
        #[test]
        fn no_source_panics(source in "[a(){}`$/,\"\\\\\n é]{0,40}", line in 0_usize..4, column in 0_usize..20) {
            let snapshot = InlineSnapshot { line, column, method: "a".into(), value: "v\nw".into() };
            let _ = rewrite(&source, &[snapshot]);
        }
    }
}
