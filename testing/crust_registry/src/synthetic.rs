//! Packages made by arithmetic, the same for every run: as many as a benchmark wants, with dependencies,
//! several versions and files of usual sizes.

use serde_json::{Map, Value, json};

use crate::package::Packages;

/// Versions of a package; the last one is installed.
const VERSIONS: usize = 4;
/// Dependencies of a package at most.
const MOST_DEPENDENCIES: u64 = 4;

/// Numbers that look random and are not.
struct Numbers(u64);

impl Numbers {
    /// A number below `limit`.
    fn below(&mut self, limit: u64) -> u64 {
        // SplitMix64, whose constants these are.
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % limit.max(1)
    }
}

fn name(at: u64) -> String {
    if at.is_multiple_of(9) {
        format!("@scope-{}/package-{at}", at % 7)
    } else {
        format!("package-{at}")
    }
}

/// `count` packages; each depends on later ones only, so that there are no circles.
pub fn packages(count: u64) -> Packages {
    let mut packages = Packages::default();
    for at in 0..count {
        let mut numbers = Numbers(at);
        let mut dependencies = Map::new();
        for _ in 0..numbers.below(MOST_DEPENDENCIES + 1) {
            let later = at + 1 + numbers.below(count.saturating_sub(at + 1).min(200));
            if later < count {
                dependencies.insert(name(later), json!("^1.0.0"));
            }
        }
        for version in 0..VERSIONS {
            let mut manifest = Map::new();
            manifest.insert("license".to_owned(), json!("MIT"));
            manifest.insert("main".to_owned(), json!("lib/0.js"));
            manifest.insert(
                "dependencies".to_owned(),
                Value::Object(dependencies.clone()),
            );
            if version + 1 == VERSIONS {
                manifest.insert("files".to_owned(), Value::Object(files(&mut numbers)));
            }
            packages.add(&name(at), &format!("1.{version}.0"), manifest);
        }
    }
    packages
}

/// Most packages are small; one in twenty has many files.
fn files(numbers: &mut Numbers) -> Map<String, Value> {
    let count = match numbers.below(20) {
        0 => 60 + numbers.below(120),
        _ => 3 + numbers.below(14),
    };
    let mut files = Map::new();
    files.insert("README.md".to_owned(), json!(text(numbers, 2000)));
    for at in 0..count {
        let size = 200 + numbers.below(4000);
        files.insert(format!("lib/{at}.js"), json!(text(numbers, size)));
    }
    files
}

/// Text that compresses about as well as source.
fn text(numbers: &mut Numbers, size: u64) -> String {
    const WORDS: [&str; 12] = [
        "function", "return", "const", "value", "exports", "module", "index", "length", "=>",
        "{\n", "}\n", ";\n",
    ];
    let size = usize::try_from(size).expect("a size in memory");
    let mut text = String::with_capacity(size + 32);
    while text.len() < size {
        let word = usize::try_from(numbers.below(WORDS.len() as u64)).expect("an index");
        text.push_str(WORDS.get(word).copied().unwrap_or_default());
        if numbers.below(4) == 0 {
            text.push_str(&numbers.below(1 << 20).to_string());
        }
        text.push(' ');
    }
    text
}

/// What a project depends on that needs nearly all of `count` packages.
pub fn direct(count: u64) -> Map<String, Value> {
    let mut direct = Map::new();
    let step = (count / 60).max(1);
    for at in (0..count).step_by(usize::try_from(step).expect("a step")) {
        direct.insert(name(at), json!("^1.0.0"));
    }
    direct
}
