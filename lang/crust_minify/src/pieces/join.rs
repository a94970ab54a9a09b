//! One program of the printed pieces.

use std::borrow::Cow;

use oxc_sourcemap::{SourceMap, SourceMapParts, Token};

use crate::{Minified, Settings};

/// A piece that was printed.
#[derive(Debug)]
pub(super) struct Printed {
    pub(super) code: String,
    pub(super) map: Option<SourceMap<'static>>,
    /// How many lines stood before the piece.
    pub(super) line: u32,
}

/// What ends a piece, whatever its last statement or comment is.
const END: &str = "\n;";

/// Puts the pieces behind each other.
pub(super) fn join(pieces: Vec<Printed>, settings: &Settings) -> Minified {
    let length = pieces
        .iter()
        .map(|piece| piece.code.len() + END.len())
        .sum();
    let mut code = String::with_capacity(length);
    let mut tokens = Vec::new();
    let mut names = Vec::new();
    let mut line = 0;
    for piece in pieces {
        if piece.code.is_empty() {
            continue;
        }
        if !code.is_empty() {
            code.push_str(END);
            line += 1;
        }
        let column = u32::from(!code.is_empty());
        let breaks = memchr::memchr_iter(b'\n', piece.code.as_bytes()).count();
        code.push_str(&piece.code);
        if let Some(map) = piece.map {
            let place = Place {
                line,
                column,
                before: piece.line,
                names: u32::try_from(names.len()).unwrap_or(u32::MAX),
            };
            let parts = map.into_parts();
            tokens.extend(parts.tokens.iter().map(|token| place.moved(token)));
            names.extend(parts.names);
        }
        line += u32::try_from(breaks).unwrap_or(u32::MAX);
    }
    let map = settings.map.as_ref();
    let map = map.map(|name| source_map(name, names, tokens));
    Minified { code, map }
}

/// Where a piece is.
struct Place {
    /// Its first line in the new text.
    line: u32,
    /// Where it begins in that line.
    column: u32,
    /// Its first line in the old text.
    before: u32,
    /// How many names the map has before its own.
    names: u32,
}

impl Place {
    fn moved(&self, token: &Token) -> Token {
        let column = if token.get_dst_line() == 0 {
            self.column
        } else {
            0
        };
        Token::new(
            token.get_dst_line() + self.line,
            token.get_dst_col() + column,
            token.get_src_line() + self.before,
            token.get_src_col(),
            token.get_source_id(),
            token.get_name_id().map(|name| name + self.names),
        )
    }
}

fn source_map(name: &str, names: Vec<Cow<'static, str>>, tokens: Vec<Token>) -> SourceMap<'static> {
    SourceMap::from_parts(SourceMapParts {
        file: None,
        names,
        source_root: None,
        sources: vec![Cow::Owned(name.to_owned())],
        source_contents: vec![None],
        tokens: tokens.into_boxed_slice(),
        token_chunks: None,
        x_google_ignore_list: None,
        debug_id: None,
    })
}
