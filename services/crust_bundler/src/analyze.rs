//! What a metafile says, for people: a page with a treemap that needs nothing else, and a text in Markdown. Reads and
//! writes no file.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde_json::{Map, Value};

const PAGE: &str = include_str!("analyze/page.html");
/// Where the metafile goes in the page.
const DATA: &str = "/*DATA*/";
/// Rows of tables for people; what is beyond is in the metafile.
const MOST_ROWS: usize = 50;

/// A page that shows a metafile: it has its script and its data in it.
pub fn analysis_page(metafile: &str) -> String {
    // Nothing in JSON but strings has this sign, and a script would end at `</script>`.
    PAGE.replacen(DATA, &metafile.replace('<', "\\u003c"), 1)
}

/// A metafile as Markdown.
pub fn analysis_markdown(metafile: &str) -> String {
    let metafile: Value = serde_json::from_str(metafile).unwrap_or_default();
    Report::of(&metafile).text()
}

/// What the text is made of.
struct Report<'m> {
    inputs: &'m Map<String, Value>,
    outputs: &'m Map<String, Value>,
    /// Bytes of modules in all outputs.
    sizes: BTreeMap<&'m str, u64>,
    importers: BTreeMap<&'m str, BTreeSet<&'m str>>,
    total: u64,
}

fn number(value: &Value, name: &str) -> u64 {
    value.get(name).and_then(Value::as_u64).unwrap_or_default()
}

fn object<'m>(value: &'m Value, name: &str) -> Option<&'m Map<String, Value>> {
    value.get(name).and_then(Value::as_object)
}

impl<'m> Report<'m> {
    fn of(metafile: &'m Value) -> Self {
        static NONE: std::sync::LazyLock<Map<String, Value>> = std::sync::LazyLock::new(Map::new);
        let inputs = object(metafile, "inputs").unwrap_or(&NONE);
        let outputs = object(metafile, "outputs").unwrap_or(&NONE);
        let mut sizes: BTreeMap<&str, u64> = BTreeMap::new();
        for (name, input) in outputs
            .values()
            .filter_map(|output| object(output, "inputs"))
            .flatten()
        {
            *sizes.entry(name).or_default() += number(input, "bytesInOutput");
        }
        let mut importers: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for (from, input) in inputs {
            let imports = input.get("imports").and_then(Value::as_array);
            let paths = imports
                .into_iter()
                .flatten()
                .filter_map(|import| import.get("path")?.as_str());
            for path in paths {
                importers.entry(path).or_default().insert(from);
            }
        }
        let code = outputs
            .iter()
            .filter(|(name, _)| name.rsplit('.').next() != Some("map"));
        let total = code.map(|(_, output)| number(output, "bytes")).sum();
        Self {
            inputs,
            outputs,
            sizes,
            importers,
            total,
        }
    }

    fn text(&self) -> String {
        let mut text = String::from("# What is in the bundle\n");
        // Writing to a string does not fail.
        let _ = writeln!(
            text,
            "\n{} in {} files of {} modules.\n\n## Files\n\n| file | size | entry point | loads |\n|---|---|---|---|",
            size(self.total),
            self.outputs.len(),
            self.inputs.len()
        );
        for (name, output) in self.outputs {
            let entry = output
                .get("entryPoint")
                .and_then(Value::as_str)
                .unwrap_or_default();
            let imports = output.get("imports").and_then(Value::as_array);
            let loads: Vec<&str> = imports
                .into_iter()
                .flatten()
                .filter_map(|import| import.get("path")?.as_str())
                .collect();
            let _ = writeln!(
                text,
                "| {} | {} | {} | {} |",
                cell(name),
                size(number(output, "bytes")),
                cell(entry),
                cell(&loads.join(", "))
            );
        }
        self.largest(&mut text);
        self.packages(&mut text);
        text.push_str("\n## Modules and who imports them\n");
        for name in self.inputs.keys() {
            let importers = self.importers.get(name.as_str());
            let from: Vec<&str> = importers.into_iter().flatten().copied().collect();
            let from = if from.is_empty() {
                "nothing".to_owned()
            } else {
                from.join(", ")
            };
            let bytes = self.sizes.get(name.as_str()).copied().unwrap_or_default();
            let _ = writeln!(text, "\n- `{name}` ({}) is imported by {from}", size(bytes));
        }
        text
    }

    fn largest(&self, text: &mut String) {
        text.push_str("\n## Largest modules\n\n| module | size | share |\n|---|---|---|\n");
        let mut sizes: Vec<(&str, u64)> = self
            .sizes
            .iter()
            .map(|(name, bytes)| (*name, *bytes))
            .collect();
        sizes.sort_by_key(|(name, bytes)| (Reverse(*bytes), *name));
        for (name, bytes) in sizes.into_iter().take(MOST_ROWS) {
            let _ = writeln!(
                text,
                "| {} | {} | {} |",
                cell(name),
                size(bytes),
                self.share(bytes)
            );
        }
    }

    fn packages(&self, text: &mut String) {
        let mut packages: BTreeMap<&str, u64> = BTreeMap::new();
        for (name, bytes) in &self.sizes {
            if let Some(package) = package(name) {
                *packages.entry(package).or_default() += bytes;
            }
        }
        if packages.is_empty() {
            return;
        }
        text.push_str("\n## Packages\n\n| package | size | share |\n|---|---|---|\n");
        let mut packages: Vec<_> = packages.into_iter().collect();
        packages.sort_by_key(|(name, bytes)| (Reverse(*bytes), *name));
        for (name, bytes) in packages.into_iter().take(MOST_ROWS) {
            let _ = writeln!(
                text,
                "| {} | {} | {} |",
                cell(name),
                size(bytes),
                self.share(bytes)
            );
        }
    }

    fn share(&self, bytes: u64) -> String {
        let tenths = (bytes * 1000).checked_div(self.total).unwrap_or_default();
        format!("{}.{} %", tenths / 10, tenths % 10)
    }
}

/// The package that a module belongs to.
fn package(module: &str) -> Option<&str> {
    let (_, rest) = module.rsplit_once("node_modules/")?;
    let parts = if rest.starts_with('@') { 2 } else { 1 };
    let end = rest
        .match_indices('/')
        .nth(parts - 1)
        .map_or(rest.len(), |(at, _)| at);
    rest.get(..end)
}

/// A cell of a table: a bar would end it.
fn cell(text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    format!("`{}`", text.replace('|', "\\|").replace('`', "'"))
}

/// Bytes for people.
fn size(bytes: u64) -> String {
    const KIB: u64 = 1024;
    let tenths = |unit: u64| {
        let tenths = bytes * 10 / unit;
        format!("{}.{}", tenths / 10, tenths % 10)
    };
    match bytes {
        0..KIB => format!("{bytes} bytes"),
        KIB..0x10_0000 => format!("{} KB", tenths(KIB)),
        _ => format!("{} MB", tenths(KIB * KIB)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const METAFILE: &str = r#"{"inputs":{"a|b.ts":{"bytes":9,"imports":[{"path":"node_modules/@x/y/z.js","kind":"import-statement"}]},"node_modules/@x/y/z.js":{"bytes":3000,"imports":[]}},
        "outputs":{"a.js":{"bytes":2048,"inputs":{"a|b.ts":{"bytesInOutput":10},"node_modules/@x/y/z.js":{"bytesInOutput":1536}},"imports":[{"path":"c.js"}],"entryPoint":"a|b.ts"},"a.js.map":{"bytes":99999}}}"#;

    #[test]
    fn the_text_has_tables() {
        let text = analysis_markdown(METAFILE);
        for expect in [
            "2.0 KB in 2 files of 2 modules.",
            "| `a.js` | 2.0 KB | `a\\|b.ts` | `c.js` |",
            "| `node_modules/@x/y/z.js` | 1.5 KB | 75.0 % |\n| `a\\|b.ts` | 10 bytes | 0.4 % |",
            "| `@x/y` | 1.5 KB | 75.0 % |",
            "- `node_modules/@x/y/z.js` (1.5 KB) is imported by a|b.ts",
            "- `a|b.ts` (10 bytes) is imported by nothing",
        ] {
            assert!(text.contains(expect), "{expect} in {text}");
        }
        assert!(analysis_markdown("{").contains("0 bytes in 0 files"));
    }

    #[test]
    fn the_page_holds_its_data_and_nothing_ends_it() {
        let page = analysis_page(r#"{"inputs":{"</script><img src=x>":{}},"outputs":{}}"#);
        assert!(page.contains(r#"{"inputs":{"\u003c/script>"#), "{page}");
        assert!(!page.contains("<img") && !page.contains("http"), "{page}");
    }

    #[test]
    fn modules_have_packages() {
        assert_eq!(package("node_modules/a/b.js"), Some("a"));
        assert_eq!(
            package("node_modules/a/node_modules/@s/c/d.js"),
            Some("@s/c")
        );
        assert_eq!(package("src/a.js"), None);
    }
}
