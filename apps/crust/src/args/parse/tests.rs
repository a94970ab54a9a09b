//! The parser's behaviour, line by line, as data.

use std::ffi::OsString;

use super::{OptionId, ParseError, Parsed, UnknownOptions, parse, to_strings};
use crate::args::{Scope, every_option};

fn words(line: &str) -> Vec<OsString> {
    line.split_whitespace().map(OsString::from).collect()
}

fn parse_run(line: &str) -> Result<Parsed, ParseError> {
    parse(&words(line), Scope::RUN, UnknownOptions::Refuse)
}

/// Renders a parse as `options | operand | rest`.
fn check(line: &str, expected: &str) {
    let rendered = match parse_run(line) {
        Ok(parsed) => {
            let options: Vec<String> = parsed
                .options
                .given
                .iter()
                .map(|(id, value)| {
                    if value.is_empty() {
                        format!("{id:?}")
                    } else {
                        format!("{id:?}={value}")
                    }
                })
                .collect();
            let operand = parsed.operand.unwrap_or_default();
            format!(
                "{} | {} | {}",
                options.join(" "),
                operand.to_string_lossy(),
                to_strings(&parsed.rest).join(" ")
            )
        }
        Err(error) => error.to_string(),
    };
    assert_eq!(rendered, expected, "for: {line}");
}

#[test]
fn options_before_the_operand_are_ours() {
    check("--smol index.ts --smol -v", "Smol | index.ts | --smol -v");
    check("--watch run dev", "Watch | run | dev");
    check("index.ts -- --version", " | index.ts | -- --version");
    check("-- --watch", " | --watch | ");
    check("- a", " | - | a");
    check("", " |  | ");
}

#[test]
fn values_in_every_spelling() {
    check("--cwd sub x", "WorkingDirectory=sub | x | ");
    check("--cwd=sub x", "WorkingDirectory=sub | x | ");
    check(
        "-r ./a -r=./b -r./c --import=./d x",
        "Preload=./a Preload=./b Preload=./c Preload=./d | x | ",
    );
    check("-d A=1 --define B:2", "Define=A=1 Define=B:2 |  | ");
    check("-e 1+1 a", "Eval=1+1 | a | ");
    check("-pe 1+1 a", "Print=1+1 | a | ");
    check("-e --not-an-option a", "Eval=--not-an-option | a | ");
    check("--stack_trace_limit=3", "StackTraceLimit=3 |  | ");
}

#[test]
fn clusters_of_short_flags() {
    check("-bv", "ForceRuntime Version |  | ");
    check("-be 1", "ForceRuntime Eval=1 |  | ");
    check("-bz", "unknown option \"-bz\"");
}

#[test]
fn mistakes_are_named() {
    check("--watc x", "unknown option \"--watc\"");
    check("--cwd", "the option \"--cwd\" needs a value");
    check(
        "--silent=true x",
        "the option \"--silent\" does not take a value",
    );
    check(
        "--hot x",
        "the option \"--hot\" is not part of this version of Crust",
    );
    check(
        "--inspect=1 x",
        "the option \"--inspect\" is not part of this version of Crust",
    );
    assert_eq!(
        parse_run("--watc x").err(),
        Some(ParseError::Unknown {
            option: "--watc".into(),
            suggestion: Some("--watch")
        })
    );
}

#[test]
fn bun_keeps_what_it_does_not_know() {
    let parsed = parse(&words("--foo=1 --bar x"), Scope::RUN, UnknownOptions::Keep).unwrap();
    assert_eq!(to_strings(&parsed.option_words), ["--foo=1", "--bar"]);
    assert_eq!(parsed.operand, Some("x".into()));
    let parsed = parse(
        &words("--inspect"),
        Scope::NODE,
        UnknownOptions::KeepUnavailableToo,
    )
    .unwrap();
    assert!(parsed.options.has(OptionId::Unavailable));
}

#[test]
fn node_has_its_own_options() {
    let node = |line: &str| parse(&words(line), Scope::NODE, UnknownOptions::Refuse);
    assert!(node("-c x.js").unwrap().options.has(OptionId::CheckSyntax));
    assert!(node("--max-old-space-size=4096 --experimental-vm-modules x.js").is_ok());
    assert!(node("--smol x.js").is_err());
}

#[test]
fn the_table_has_no_name_twice() {
    for scope in [Scope::RUN, Scope::NODE, Scope::EXECUTE] {
        let mut names = Vec::new();
        for spec in every_option().filter(|spec| spec.scope.meets(scope)) {
            names.extend(spec.aliases.iter().map(ToString::to_string));
            names.extend(Some(spec.long.to_owned()).filter(|name| !name.is_empty()));
            names.extend(spec.short.map(|letter| format!("-{letter}")));
        }
        let count = names.len();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), count, "a spelling appears twice in {scope:?}");
    }
}
