//! One source with known counts, in every report.

use super::*;

fn sample() -> FileCoverage {
    let source =
        "export function f(a) {\n  if (a) return 1;\n  return a ?? 2;\n}\nf(1);\n".to_owned();
    let map = instrument(&source, Syntax::Jsx, "").unwrap().map;
    // f called once with a true value: the last line of the function did not run.
    let mut counts = vec![0.0; map.counters as usize];
    let mut hit = |place: &Counted| counts[place.counter as usize] = 1.0;
    map.functions
        .iter()
        .for_each(|function| hit(&function.place));
    map.statements
        .iter()
        .filter(|place| place.line != 3)
        .for_each(&mut hit);
    hit(&map.branches[0].ways[0]);
    FileCoverage {
        path: PathBuf::from("/p/src/f.js"),
        source,
        map,
        counts,
    }
}

#[test]
fn shares_are_counted() {
    let shares = sample().shares();
    assert_eq!(
        shares.statements,
        Share {
            total: 4,
            covered: 3
        }
    );
    assert_eq!(
        shares.branches,
        Share {
            total: 4,
            covered: 1
        }
    );
    assert_eq!(
        shares.functions,
        Share {
            total: 1,
            covered: 1
        }
    );
    assert_eq!(
        shares.lines,
        Share {
            total: 3,
            covered: 2
        }
    );
}

#[test]
fn lcov_has_functions_branches_and_lines() {
    let text = lcov(&[sample()], Path::new("/p"));
    assert_eq!(
        text,
        "TN:\nSF:src/f.js\nFN:1,f\nFNDA:1,f\nFNF:1\nFNH:1\nBRDA:2,0,0,1\nBRDA:2,0,1,0\nBRDA:3,1,0,-\nBRDA:3,1,1,-\nBRF:4\nBRH:1\nDA:2,1\nDA:3,0\nDA:5,1\nLF:3\nLH:2\nend_of_record\n"
    );
}

#[test]
fn the_table_names_lines_that_did_not_run() {
    let text = text(&[sample()], Path::new("/p"));
    assert!(text.contains("src/f.js"), "{text}");
    assert!(
        text.contains("|   75.00 |    25.00 |  100.00 |   66.67 | 3"),
        "{text}"
    );
}

#[test]
fn counts_are_added() {
    let mut all = Counts::new();
    add_counts(&mut all, Counts::from([("a".into(), vec![1.0, 0.0])]));
    add_counts(&mut all, Counts::from([("a".into(), vec![1.0, 2.0, 3.0])]));
    assert_eq!(all["a"], [2.0, 2.0, 3.0]);
}

#[test]
fn istanbul_and_html_hold_the_file() {
    let json: serde_json::Value = serde_json::from_str(&istanbul(&[sample()])).unwrap();
    assert_eq!(json["/p/src/f.js"]["s"]["2"], 0.0);
    assert_eq!(json["/p/src/f.js"]["fnMap"]["0"]["name"], "f");
    assert!(html(&[sample()], Path::new("/p")).contains("return a ?? 2;"));
}
