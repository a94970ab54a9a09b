//! Colours of the terminal, or none. Never decides whether there are any.

/// Whether text has colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Style {
    /// ANSI sequences are wanted.
    pub colours: bool,
}

impl Style {
    pub(super) fn wrap(self, code: &str, text: &str) -> String {
        if self.colours {
            format!("\x1b[{code}m{text}\x1b[0m")
        } else {
            text.to_owned()
        }
    }

    pub(super) fn green(self, text: &str) -> String {
        self.wrap("32", text)
    }

    pub(super) fn red(self, text: &str) -> String {
        self.wrap("31", text)
    }

    pub(super) fn yellow(self, text: &str) -> String {
        self.wrap("33", text)
    }

    pub(super) fn magenta(self, text: &str) -> String {
        self.wrap("35", text)
    }

    pub(super) fn dim(self, text: &str) -> String {
        self.wrap("2", text)
    }

    pub(super) fn bold(self, text: &str) -> String {
        self.wrap("1", text)
    }
}

/// Removes ANSI sequences (ECMA-48 CSI), for formats that are read by programs.
pub fn without_colours(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        if letter != '\x1b' || letters.peek() != Some(&'[') {
            out.push(letter);
            continue;
        }
        letters.next();
        for letter in letters.by_ref() {
            if ('@'..='~').contains(&letter) {
                break;
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sequences_go_and_text_stays() {
        assert_eq!(without_colours("\x1b[31ma\x1b[0m[b]\x1b"), "a[b]\x1b");
    }
}
