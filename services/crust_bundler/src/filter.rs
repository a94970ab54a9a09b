//! Filters of plugins: regular expressions of JavaScript, matched here so that what they do not match costs
//! no call into the program.

use rolldown_utils::js_regex::HybridRegex;

/// A filter: run by the linear-time engine where that can express it, else by one with the language's whole
/// syntax.
#[derive(Debug)]
pub struct Filter(HybridRegex);

/// An expression that is none.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct FilterError(String);

impl Filter {
    /// A filter of an expression's `source` and `flags`. Flags that say where a search goes on (`g`, `y`,
    /// `d`) mean nothing here.
    ///
    /// # Errors
    /// An expression that cannot be read.
    pub fn new(source: &str, flags: &str) -> Result<Self, FilterError> {
        let flags: String = flags
            .chars()
            .filter(|flag| matches!(flag, 'i' | 'm' | 's'))
            .collect();
        HybridRegex::with_flags(source, &flags)
            .map(Self)
            .map_err(|error| FilterError(error.to_string()))
    }

    /// Whether some part of `text` matches.
    pub fn matches(&self, text: &str) -> bool {
        self.0.matches(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_are_javascripts() {
        let check = |source: &str, flags: &str, text: &str, expect: bool| {
            let filter = Filter::new(source, flags).unwrap();
            assert_eq!(filter.matches(text), expect, "/{source}/{flags} {text}");
        };
        check("\\.svg$", "", "/a/b.svg", true);
        check("\\.svg$", "", "/a/b.svgz", false);
        check("^virtual:", "gy", "virtual:x", true);
        check("\\.SVG$", "i", "b.svg", true);
        check("a(?!b)", "", "ab", false);
        check("(a)\\1", "", "aa", true);
        check("\\/src\\/", "", "/x/src/y", true);
        assert!(Filter::new("(", "").is_err());
    }
}
