//! One source made smaller by itself (`Bun.Transpiler`'s `minify`, `inline` and `deadCodeElimination`). What is at
//! the top level stays, used or not, unless dead code is to go.

use crust_diag::Diagnostic;
use oxc_allocator::Allocator;
use oxc_codegen::{Codegen, CodegenOptions, CommentOptions};
use oxc_minifier::{
    CompressOptions, CompressOptionsUnused, MangleOptions, Minifier, MinifierOptions,
};

use crate::options::{Options, Syntax};
use crate::parse;

/// What is done to a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is done or not, whatever the others are"
)]
pub struct Minify {
    /// Shorter forms of statements and expressions.
    pub syntax: bool,
    /// Expressions of constants are computed.
    pub inline: bool,
    /// Branches that are never taken go.
    pub dead_code: bool,
    /// Short names for what only the source itself can see.
    pub identifiers: bool,
    /// No more white space than needed, and no comments.
    pub whitespace: bool,
}

/// Makes JavaScript smaller. What does not parse is answered as it is: somebody has parsed it before.
///
/// # Errors
/// A source that nests too deeply.
pub fn minify(source: &str, wanted: Minify) -> Result<String, Vec<Diagnostic>> {
    if wanted == Minify::default() {
        return Ok(source.to_owned());
    }
    Ok(minified(source, wanted).unwrap_or_else(|| source.to_owned()))
}

fn minified(source: &str, wanted: Minify) -> Option<String> {
    let options = Options {
        syntax: Syntax::Js,
        ..Options::default()
    };
    let allocator = Allocator::default();
    let mut program = parse::parse(&allocator, source, &options).ok()?.program;
    let minifier = |compress: Option<CompressOptions>, mangles: bool| {
        Minifier::new(MinifierOptions {
            mangle: mangles.then(MangleOptions::default),
            mangle_properties: None,
            compress,
        })
    };
    let mut scoping = None;
    if wanted.dead_code && !wanted.syntax && !wanted.inline {
        let compress = CompressOptions {
            unused: CompressOptionsUnused::Keep,
            ..CompressOptions::dce()
        };
        minifier(Some(compress), false).dce(&allocator, &mut program);
    }
    if wanted.syntax || wanted.inline || wanted.identifiers {
        let shortest = CompressOptions {
            unused: CompressOptionsUnused::Keep,
            ..CompressOptions::smallest()
        };
        let folded = CompressOptions {
            join_vars: false,
            sequences: false,
            ..CompressOptions::safest()
        };
        let compress = match (wanted.syntax, wanted.inline) {
            (true, _) => Some(shortest),
            (false, true) => Some(folded),
            (false, false) => None,
        };
        let done = minifier(compress, wanted.identifiers).minify(&allocator, &mut program);
        scoping = done.scoping;
    }
    let printed = Codegen::new()
        .with_options(CodegenOptions {
            minify: wanted.whitespace,
            comments: if wanted.whitespace {
                CommentOptions::disabled()
            } else {
                CommentOptions::default()
            },
            ..CodegenOptions::default()
        })
        .with_scoping(scoping)
        .build(&program);
    Some(printed.code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_become_smaller() {
        let source = "export const x = 1 + 2; function foo(longName) { if (longName) { return true } return false } console.log(foo(x));";
        let check =
            |wanted: Minify, expect: &str| assert_eq!(minify(source, wanted).unwrap(), expect);
        let all = Minify {
            syntax: true,
            identifiers: true,
            whitespace: true,
            ..Minify::default()
        };
        let whitespace = Minify {
            whitespace: true,
            ..Minify::default()
        };
        check(
            all,
            "export const x=3;function e(e){return!!e}console.log(e(3));",
        );
        check(
            whitespace,
            "export const x=1+2;function foo(longName){if(longName){return true}return false}console.log(foo(x));",
        );
        let dead = Minify {
            dead_code: true,
            ..Minify::default()
        };
        assert_eq!(
            minify("if (false) { dead() } live();", dead).unwrap(),
            "live();\n"
        );
        let inline = Minify {
            inline: true,
            ..Minify::default()
        };
        let inlined = minify("function f() { const a = 1; return a + 2 }", inline).unwrap();
        assert!(inlined.contains("return 3;"), "{inlined}");
        assert_eq!(minify("let = 3 +", all).unwrap(), "let = 3 +");
    }
}
