//! `--minify` of programs that are large enough to be made smaller in pieces.

use std::fmt::Write as _;

use crate::project::{Project, all};

const MODULES: usize = 60;
const FUNCTIONS: usize = 80;

/// A module that needs the ones around it, in every way a module can.
fn module(number: usize) -> String {
    let next = (number + 1) % MODULES;
    let mut text = format!(
        "import {{ f{next}_0, State{next}, names as names{next} }} from './m{next}.js';\nimport * as all from './m{next}.js';\n\
         export class State{number} {{ #count = {number}; static made = 0; constructor() {{ State{number}.made += 1; }} #more() {{ return class Inner {{ #count = names{next}.length; get() {{ return this.#count; }} }}; }} sum() {{ return this.#count + new (this.#more())().get(); }} other() {{ return State{next}; }} }}\n\
         export let names = [];\nexport function reset() {{ names = []; }}\n\
         for (var index of [1, 2]) {{ names.push(index); }}\n\
         export default function total(depth) {{ return depth === 0 ? Object.keys(all).length : new State{next}().sum() + all.default(depth - 1); }}\n"
    );
    for function in 0..FUNCTIONS {
        let before = function.saturating_sub(1);
        writeln!(
            text,
            "export function f{number}_{function}(value, depth = 0) {{ let sum = value; var again = () => depth > 1 ? f{next}_0(sum, depth - 2) : sum; {{ let sum = value * {function}; names.push(sum); }} if (depth > 3) {{ return f{number}_{before}(again(), depth - 1); }} return again() + names.length; }}"
        )
        .unwrap();
    }
    text
}

fn large_program() -> Project {
    let project = Project::new(&[]);
    let mut main = String::from("let sum = 0;\n");
    for number in 0..MODULES {
        project.write(&format!("m{number}.js"), &module(number));
        write!(
            main,
            "import total{number}, {{ reset as reset{number}, State{number} }} from './m{number}.js';\nimport * as m{number} from './m{number}.js';\n\
             for (let f = 0; f < {FUNCTIONS}; f++) sum += m{number}[`f{number}_${{f}}`](f, f % 7);\nsum += total{number}(5) + new State{number}().sum() + State{number}.made + new (new State{number}().other())().sum();\nreset{number}();\n"
        )
        .unwrap();
    }
    main.push_str("console.log(sum, State0.name.length > 0);\n");
    main.push_str("try { m7.f7_1(null, { valueOf() { throw new RangeError('deep'); } }); } catch (error) { console.log(error.message); }\n");
    main.push_str("export { sum as result };\nexport default total3;\n");
    project.write("main.js", &main);
    project
}

fn run(project: &Project, file: &str) -> String {
    let output = project.crust(&["run", file]);
    assert!(output.status.success(), "{}", all(&output));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn a_large_program_does_the_same_when_it_is_smaller() {
    let project = large_program();
    project.build(&["main.js", "--outdir", "plain"]);
    project.build(&["main.js", "--outdir", "small", "--minify"]);
    project.build(&[
        "main.js",
        "--outdir",
        "mapped",
        "--minify",
        "--sourcemap=linked",
    ]);
    let plain = project.read("plain/main.js");
    let small = project.read("small/main.js");
    // Large enough for several pieces, or this proves nothing.
    assert!(plain.len() > 4 * (256 << 10), "{} bytes", plain.len());
    assert!(small.len() < plain.len() * 7 / 10, "{} bytes", small.len());
    assert!(!small.contains("//#region"));
    let expected = run(&project, "plain/main.js");
    assert!(expected.ends_with("deep\n"), "{expected}");
    assert_eq!(run(&project, "small/main.js"), expected);
    assert_eq!(run(&project, "mapped/main.js"), expected);
    project.write(
        "use.js",
        "import total, { result } from './small/main.js'; import plain, { result as other } from './plain/main.js'; console.log(result === other, total(3) === plain(3));",
    );
    assert!(run(&project, "use.js").ends_with("true true\n"));
}

#[test]
fn names_in_a_large_smaller_program_are_mapped() {
    let project = large_program();
    project.build(&[
        "main.js",
        "--outdir",
        "out",
        "--minify",
        "--sourcemap=linked",
    ]);
    let map: serde_json::Value = serde_json::from_str(&project.read("out/main.js.map")).unwrap();
    let texts = |key: &str| -> Vec<String> {
        let texts = map[key].as_array().unwrap().iter();
        texts
            .map(|text| text.as_str().unwrap().to_owned())
            .collect()
    };
    let read = |source: &String| project.read(source.trim_start_matches("../"));
    let sources: Vec<String> = texts("sources").iter().map(read).collect();
    assert_eq!(sources.len(), MODULES + 1);
    let names = texts("names");
    let places = named_places(map["mappings"].as_str().unwrap());
    assert!(places.len() > MODULES * FUNCTIONS, "{}", places.len());
    for [source, line, column, name] in places {
        let line = sources[source].lines().nth(line).unwrap();
        let place = &line[column..];
        assert!(
            place.starts_with(&names[name]),
            "{} is not at {place}",
            names[name]
        );
    }
}

/// The mappings of a source map (ECMA-426) that have a name: source, line, column and name of each.
fn named_places(mappings: &str) -> Vec<[usize; 4]> {
    let mut state = [0_i64; 4];
    let mut places = Vec::new();
    for mapping in mappings.split([';', ',']) {
        let numbers = numbers(mapping);
        for (value, change) in state.iter_mut().zip(numbers.iter().skip(1)) {
            *value += change;
        }
        if numbers.len() == 5 {
            places.push(state.map(|value| usize::try_from(value).unwrap()));
        }
    }
    places
}

/// Numbers in groups of five bits, the lowest first, each in a letter; the lowest bit of all is the sign.
fn numbers(text: &str) -> Vec<i64> {
    const LETTERS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let (mut numbers, mut number, mut shift) = (Vec::new(), 0_i64, 0);
    for letter in text.chars() {
        let digit = i64::try_from(LETTERS.find(letter).unwrap()).unwrap();
        number |= (digit & 31) << shift;
        shift += 5;
        if digit & 32 == 0 {
            let value = number >> 1;
            numbers.push(if number & 1 == 1 { -value } else { value });
            (number, shift) = (0, 0);
        }
    }
    numbers
}

#[test]
fn names_of_modules_never_become_code() {
    let project = Project::new(&[
        ("we\nird(.js", "console.log('weird');"),
        ("main.js", "import './we\\nird(.js'; console.log('main');"),
    ]);
    project.build(&["main.js", "--outdir", "out", "--minify"]);
    assert_eq!(run(&project, "out/main.js"), "weird\nmain\n");
}
