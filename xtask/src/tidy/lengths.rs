//! Files of at most 800 lines and Rust functions of at most 100. What is longer stands in
//! `xtask/ratchet.toml` with its reason and its length, and may only get shorter.

use std::str::FromStr;

use anyhow::Result;
use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

use super::Problem;
use super::ratchet::{LIST, Ratchet};
use crate::tree::{File, Tree};

const MAX_FILE: usize = 800;
const MAX_FUNCTION: usize = 100;

pub(super) fn check(tree: &Tree) -> Vec<Problem> {
    find(tree).unwrap_or_else(|error| vec![Problem::of(LIST, format!("{error:#}"))])
}

fn find(tree: &Tree) -> Result<Vec<Problem>> {
    let mut ratchet = Ratchet::load(tree)?;
    let mut problems = Vec::new();
    for file in tree.files.iter().filter(|file| !file.is_fixture()) {
        let Some(text) = file.text.as_deref() else {
            continue;
        };
        if is_source(file) {
            problems.extend(ratchet.judge(&file.path, None, 1, text.lines().count(), MAX_FILE));
        }
        if file.has_extension("rs") {
            for function in functions(text) {
                let Function { name, line, lines } = function;
                problems.extend(ratchet.judge(&file.path, Some(&name), line, lines, MAX_FUNCTION));
            }
        }
    }
    problems.extend(ratchet.stale());
    Ok(problems)
}

/// Data tables in JSON and text are not read like code.
fn is_source(file: &File) -> bool {
    ["rs", "ts", "tsx", "js", "mjs", "cjs"]
        .iter()
        .any(|extension| file.has_extension(extension))
}

#[derive(Debug, PartialEq, Eq)]
struct Function {
    name: String,
    line: usize,
    lines: usize,
}

/// A file that does not lex is the compiler's to report.
fn functions(text: &str) -> Vec<Function> {
    let mut found = Vec::new();
    if text.contains("fn ")
        && let Ok(stream) = TokenStream::from_str(text)
    {
        collect(stream, &mut found);
    }
    found
}

fn collect(stream: TokenStream, found: &mut Vec<Function>) {
    let mut tokens = stream.into_iter().peekable();
    let mut open: Option<(String, usize)> = None;
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Ident(word) if word == "fn" => {
                if let Some(TokenTree::Ident(name)) = tokens.peek() {
                    open = Some((name.to_string(), word.span().start().line));
                }
            }
            TokenTree::Punct(mark) if mark.as_char() == ';' => open = None,
            TokenTree::Group(group) => {
                if group.delimiter() == Delimiter::Brace
                    && let Some((name, line)) = open.take()
                {
                    found.push(Function {
                        name,
                        line,
                        lines: end_line(&group) - line + 1,
                    });
                }
                collect(group.stream(), found);
            }
            _ => {}
        }
    }
}

fn end_line(group: &Group) -> usize {
    group.span_close().end().line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_are_found_with_their_lines() {
        let text = "impl A {\n    fn one<'a>(&'a self) -> [u8; 2] {\n        \"} fn no() {\";\n    }\n}\ntrait B { fn two(); }\nfn three() {}\n";
        let found = functions(text);
        assert_eq!(
            found,
            [
                Function {
                    name: "one".to_owned(),
                    line: 2,
                    lines: 3
                },
                Function {
                    name: "three".to_owned(),
                    line: 7,
                    lines: 1
                },
            ]
        );
    }
}
