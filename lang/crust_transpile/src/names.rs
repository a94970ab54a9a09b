//! Names for what the emitted text adds to a source. They never collide with the source's own.

use memchr::memmem;

/// The added names of one source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Names {
    /// The parameter that holds the module's environment; all other names start with it.
    pub(crate) environment: String,
}

impl Names {
    /// Picks `$crust`, with a number if the source has that text.
    pub(crate) fn new(source: &str) -> Self {
        let base = "$crust";
        let mut environment = base.to_owned();
        let mut number = 1u32;
        while memmem::find(source.as_bytes(), environment.as_bytes()).is_some() {
            number += 1;
            environment = format!("{base}{number}_");
        }
        Self { environment }
    }

    /// The local of `export default` without a name.
    pub(crate) fn default_export(&self) -> String {
        self.derived("default")
    }

    /// A name for a binding of the emitted text.
    pub(crate) fn derived(&self, word: &str) -> String {
        format!("{}_{word}", self.environment)
    }

    /// A run-time helper, as an expression.
    pub(crate) fn helper(&self, name: &str) -> String {
        format!("{}.helpers.{name}", self.environment)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_never_collide() {
        assert_eq!(Names::new("a").environment, "$crust");
        assert_eq!(Names::new("$crust").environment, "$crust2_");
        assert_eq!(Names::new("$crust2_").environment, "$crust3_");
    }
}
