//! The rules of `.env` files, as tables. Every expected value is what Bun gives.
#![allow(
    clippy::unwrap_used,
    reason = "a failed expectation is the test's failure"
)]

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

use crust_settings::{LoadedEnv, Mode, load_default, load_named, parse};
use proptest::prelude::*;

static COUNT: AtomicUsize = AtomicUsize::new(0);

struct Dir(PathBuf);

impl Dir {
    fn new(files: &[(&str, &str)]) -> Self {
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("crust-settings-{}-{number}", std::process::id());
        let dir = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&dir).unwrap();
        for (name, text) in files {
            std::fs::write(dir.join(name), text).unwrap();
        }
        Self(dir)
    }
}

impl Drop for Dir {
    fn drop(&mut self) {
        // A directory that stays behind harms nothing.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn process<'p>(pairs: &'p [(&str, &str)]) -> impl Fn(&str) -> Option<String> + 'p {
    |name| {
        let found = pairs.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| (*value).to_owned())
    }
}

fn value<'l>(loaded: &'l LoadedEnv, name: &str) -> Option<&'l str> {
    let found = loaded.variables.iter().find(|(known, _)| known == name);
    found.map(|(_, value)| value.as_str())
}

/// Checks the value of `A` in a file that holds `line` before and after other names.
#[track_caller]
fn check(line: &str, expected: &str) {
    let text = format!("X=x\nE=\n{line}\nLATE=$X\nEND=end\n");
    let dir = Dir::new(&[(".env", &text)]);
    let loaded = load_default(&dir.0, &process(&[("HOME", "/home/me"), ("P", "$X")]));
    assert_eq!(value(&loaded, "A"), Some(expected), "{line}");
    assert_eq!(value(&loaded, "END"), Some("end"), "{line}");
}

/// Checks that `line` assigns nothing.
#[track_caller]
fn check_skipped(line: &str) {
    assert_eq!(
        parse(&format!("{line}\nB=1")),
        [("B".to_owned(), "1".to_owned())],
        "{line}"
    );
}

#[test]
fn unquoted_values() {
    check("A=abc", "abc");
    check("A = spaced value  ", "spaced value");
    check("A=abc   # comment", "abc");
    check("A=abc#def", "abc");
    check("A=a\\#b", "a\\");
    check("A=#x", "");
    check("A=", "");
    check("A=a=b=c", "a=b=c");
    check("A=a\"b\"c", "a\"b\"c");
    check("A=un\\nq", "un\\nq");
    check("A={\"a\":\"b\"}", "{\"a\":\"b\"}");
    check("A=http://u:p@h/x?y=1#frag", "http://u:p@h/x?y=1");
    check("A=日本é", "日本é");
    check("A=a\\", "a\\");
    check("A=\tlead\u{b}", "lead");
    check("A=1\nA=2", "2");
}

#[test]
fn keys() {
    check("export A=1", "1");
    check("export   A=1", "1");
    check("  A=1", "1");
    check("\tA=1", "1");
    check("A: colon value", "colon value");
    check("A : y", "y");
    for line in [
        "A",
        "export A",
        "export",
        "# A=1",
        "=1",
        "A:x",
        "A:=x",
        "T A=1",
        "\"A\"=1",
        "A$=1",
        "Aé=1",
        "exportx A=1",
    ] {
        check_skipped(line);
    }
    let names: Vec<String> = parse("exportA=1\nA.B=2\nA-B=3\n1A=4")
        .into_iter()
        .map(|(name, _)| name)
        .collect();
    assert_eq!(names, ["exportA", "A.B", "A-B", "1A"]);
}

#[test]
fn quoted_values() {
    check("A=\"abc # def\" # c", "abc # def");
    check("A='abc # def' x", "abc # def");
    check("A=\"abc\"def", "abc");
    check("A=\"a\"#b", "a");
    check("A= \"x\" ", "x");
    check("A=\"\"", "");
    check("A=\"  keep  \"", "  keep  ");
    check("A=\"a\\nb\\rc\\td\"", "a\nb\rc\\td");
    check("A=\"\\\" \\\\ x\"", "\\\" \\\\ x");
    check("A=\"a\\\\nb\"", "a\\\\nb");
    check("A=\"\\\\\\n\"", "\\\\\n");
    check("A='a\\nb'", "a\\nb");
    check("A='it\\'s'", "it\\'s");
    check("A=`a \"q\" 'q' \\n`", "a \"q\" 'q' \\n");
    check("A=`a\\`b`", "a\\`b");
    check("A='\"x\"'", "\"x\"");
    check("A=\"line1\nline2 # no\nline3\"", "line1\nline2 # no\nline3");
    check("A='l1\nl2'", "l1\nl2");
    check("A=`l1\r\nl2\rl3`", "l1\nl2\nl3");
    check("A=\"a\nb\" # c", "a\nb");
    check("A=\"unterminated", "\"unterminated");
    check("A='a\\'", "'a\\'");
}

#[test]
fn expansion() {
    check("A=$X-${X}x", "x-xx");
    check("A='$X ${X}'", "x x");
    check("A=\"$X ${X}\"", "x x");
    check("A=`$X`", "x");
    check("A=$HOME/x", "/home/me/x");
    check("A=$P", "$X");
    check("A=a${NOPE}b$NOPE.c", "ab.c");
    check("A=\\$X \\${X}", "$X ${X}");
    check("A='\\$X'", "$X");
    check("A=\\\\$X", "\\$X");
    check("A=\\\\\\$X", "\\\\$X");
    check("A=${NOPE:-default}", "default");
    check("A=${X:-default}", "x");
    check("A=${E:-default}", "");
    check("A=${NOPE:-}", "");
    check("A=${NOPE:-${X}}", "x");
    check("A=${NOPE:-a$X}", "ax");
    check("A=${NOPE:-a}b}", "ab}");
    check("A=${X:-${NOPE:-z}}", "x");
    check("A=\"${NOPE:-{x}}\"", "{x}");
    check("A=${NOPE:-a:-b}", "a:-b");
    check("A=${NOPE:-\\$x}", "$x");
    check("A=${NOPE:-\"q\"}", "\"q\"");
    check("A=${NOPE-dash}", "${NOPE-dash}");
    check("A=${NOPE:+x}", "${NOPE:+x}");
    check("A=${X", "${X");
    check("A=${}", "");
    check("A=${ X }", "${ X }");
    check("A=$", "$");
    check("A=a$ b", "a$ b");
    check("A=a$$b", "a$");
    check("A=$1x", "");
    check("A=$(ls)", "$(ls)");
    check("A=$LATE", "$X");
    check("A=$A:x", "$A:x:x");
    check("A=$B\nB=$A", "$A");
}

#[test]
fn bytes() {
    let dir = Dir::new(&[(".env", "\u{feff}A=1\rB=2\r\nC=x")]);
    let loaded = load_default(&dir.0, &process(&[]));
    let pairs: Vec<&str> = loaded
        .variables
        .iter()
        .map(|(_, value)| value.as_str())
        .collect();
    assert_eq!(pairs, ["1", "2", "x"]);
    std::fs::write(dir.0.join(".env"), b"A=\xff\nB=1").unwrap();
    let loaded = load_default(&dir.0, &process(&[]));
    assert_eq!(value(&loaded, "A"), Some("\u{fffd}"));
    assert_eq!(value(&loaded, "B"), Some("1"));
}

#[test]
fn order_of_files() {
    let all = [
        (".env", "W=env\nO=env\nX=$W"),
        (".env.development", "W=dev\nO2=dev"),
        (".env.local", "W=local"),
        (".env.development.local", "W=devlocal\nX2=$O"),
        (".env.test", "W=test"),
        (".env.test.local", "W=testlocal"),
        (".env.production", "W=prod"),
        (".env.staging", "W=staging"),
    ];
    let dir = Dir::new(&all);
    let check = |dir: &Dir, pairs: &[(&str, &str)], expected: Option<&str>| {
        let loaded = load_default(&dir.0, &process(pairs));
        assert_eq!(value(&loaded, "W"), expected, "{pairs:?}");
        assert!(loaded.missing.is_empty() && loaded.problems.is_empty());
        loaded
    };
    let loaded = check(&dir, &[], Some("devlocal"));
    assert_eq!(value(&loaded, "X"), Some("devlocal"));
    assert_eq!(value(&loaded, "X2"), Some(""));
    assert_eq!(loaded.files.len(), 4);
    check(&dir, &[("NODE_ENV", "test")], Some("testlocal"));
    check(&dir, &[("NODE_ENV", "production")], Some("local"));
    check(&dir, &[("NODE_ENV", "staging")], Some("devlocal"));
    check(&dir, &[("NODE_ENV", "")], Some("devlocal"));
    check(
        &dir,
        &[("NODE_ENV", "test"), ("BUN_ENV", "production")],
        Some("local"),
    );
    let loaded = check(&dir, &[("W", "process")], None);
    assert_eq!(value(&loaded, "X"), Some("process"));
    check(&dir, &[("W", "")], None);
    let dir = Dir::new(&all[..5]);
    check(&dir, &[("NODE_ENV", "test")], Some("test"));
    std::fs::create_dir(dir.0.join(".env.production")).unwrap();
    check(&dir, &[("NODE_ENV", "production")], Some("local"));
    let dir = Dir::new(&[
        (".env", "NODE_ENV=production\nW=env"),
        (".env.development", "W=dev"),
    ]);
    check(&dir, &[], Some("dev"));
    assert_eq!(Mode::of(&process(&[("NODE_ENV", "test")])), Mode::Test);
}

#[test]
fn named_files() {
    let dir = Dir::new(&[
        ("f1", "ONE=a\nX=one"),
        ("f2", "TWO=$ONE\nX=two"),
        (".env", "E=1"),
    ]);
    let load = |options: &[&str]| {
        let options: Vec<String> = options.iter().map(|option| (*option).to_owned()).collect();
        load_named(&dir.0, &options, &process(&[]))
    };
    let loaded = load(&["f1", "f2"]);
    assert_eq!(value(&loaded, "X"), Some("two"));
    assert_eq!(value(&loaded, "TWO"), Some(""));
    assert_eq!(value(&loaded, "E"), None);
    let loaded = load(&["f2", "f1"]);
    assert_eq!(value(&loaded, "X"), Some("one"));
    assert_eq!(value(&loaded, "TWO"), Some("a"));
    assert_eq!(value(&load(&["f1,f2"]), "X"), Some("two"));
    assert_eq!(load(&["gone"]).missing, [dir.0.join("gone")]);
}

#[test]
fn growth_is_bounded() {
    let doubled: Vec<String> = (1..100)
        .map(|at| format!("A{at}=$A{}$A{}", at - 1, at - 1))
        .collect();
    let text = format!("A0=xxxxxxxxxxxxxxxx\n{}\n", doubled.join("\n"));
    let dir = Dir::new(&[(".env", &text)]);
    let loaded = load_default(&dir.0, &process(&[]));
    assert_eq!(loaded.problems.len(), 1);
    let deep = format!("A={}x{}\n", "${N:-".repeat(100_000), "}".repeat(100_000));
    let dir = Dir::new(&[(".env", &deep)]);
    assert_eq!(load_default(&dir.0, &process(&[])).variables.len(), 1);
    let quotes = "A=\"\n".repeat(100_001);
    assert!(!parse(&quotes).is_empty());
    std::fs::write(dir.0.join(".env"), vec![b'x'; 5 << 20]).unwrap();
    assert_eq!(load_default(&dir.0, &process(&[])).problems.len(), 1);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_parses(text in "(?s).{0,200}|[A-C=:\"'`\\\\$\\{\\}#\\n\\r -]{0,200}") {
        for (name, _) in parse(&text) {
            prop_assert!(!name.is_empty() && !name.contains(['=', '\n', ' ']));
        }
    }

    #[test]
    fn any_bytes_load(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let dir = Dir::new(&[]);
        std::fs::write(dir.0.join(".env"), bytes).unwrap();
        prop_assert!(load_default(&dir.0, &process(&[])).problems.is_empty());
    }

    #[test]
    fn double_quotes_keep_plain_text(value in "[a-z \\n#=']{0,40}") {
        let parsed = parse(&format!("A=\"{value}\""));
        prop_assert_eq!(&parsed[0].1, &value);
    }
}
