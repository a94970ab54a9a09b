//! Makes a finished program smaller: what a bundler does last, with the whole program in one text.
//!
//! A minifier takes one thread for one program. Here a large program is cut between the modules that it was linked
//! from, each piece is made smaller by itself, on all threads, and the names at the top level, which all pieces see, are
//! given out in between ([`pieces`]). What cannot be cut is done [`whole`]. Where a program is cut depends on its text
//! alone, so every machine writes the same.

mod jsx;
mod pieces;
mod whole;

use oxc_codegen::{CodegenOptions, CommentOptions, LegalComment};
use oxc_minifier::MinifierOptions;
use oxc_sourcemap::SourceMap;
use oxc_span::SourceType;

/// What is done.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Which shorter forms and names are wanted.
    pub minifier: MinifierOptions,
    /// How the result is printed.
    pub printing: Printing,
    /// What the program is.
    pub source_type: SourceType,
    /// Each module of the program begins with a line of [`REGION`]: it may be cut there, into pieces of at least so
    /// many bytes.
    pub cut: Option<usize>,
    /// The name that a source map has for the program, if one is wanted.
    pub map: Option<String>,
}

/// What is printed beside the program itself.
#[derive(Debug, Clone, Copy, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is printed or not, whatever the others are"
)]
pub struct Printing {
    /// White space that nothing needs, and comments.
    pub white_space: bool,
    /// Comments that say what is pure, if comments are printed.
    pub annotations: bool,
    /// Comments that describe types, if comments are printed.
    pub jsdoc: bool,
    /// Comments with licences, even if no others are.
    pub legal: bool,
}

impl Printing {
    fn codegen(self) -> CodegenOptions {
        let comments = self.white_space;
        CodegenOptions {
            minify: !self.white_space,
            comments: CommentOptions {
                normal: comments,
                jsdoc: comments && self.jsdoc,
                annotation: comments && self.annotations,
                legal: if comments || self.legal {
                    LegalComment::Inline
                } else {
                    LegalComment::None
                },
            },
            ..CodegenOptions::default()
        }
    }
}

/// A smaller program.
#[derive(Debug, Default)]
pub struct Minified {
    /// Its text.
    pub code: String,
    /// From the text to the text before.
    pub map: Option<SourceMap<'static>>,
}

/// What a line begins with that stands before a module.
pub const REGION: &str = "//#region ";

/// A good size of pieces. Smaller ones are shared out more evenly, and see less of each other.
pub const PIECE: usize = 256 << 10;

/// Makes a program smaller. It has been parsed before; what does not parse is answered as far as it could be read.
#[must_use]
pub fn minify(text: &str, settings: &Settings) -> Minified {
    let shortens = settings.minifier.compress.is_some() && settings.minifier.mangle.is_some();
    let elements = if shortens {
        jsx::find(text)
    } else {
        Vec::new()
    };
    if let Some(least) = settings.cut
        && let Some(minified) = pieces::minify(text, &elements, least, settings)
    {
        return minified;
    }
    whole::minify(text, &elements, settings)
        .or_else(|| whole::minify(text, &[], settings))
        .unwrap_or_default()
}
