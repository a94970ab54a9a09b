//! Splits the text of `BUN_OPTIONS` and `NODE_OPTIONS` into words, as a shell would. It never expands
//! variables or patterns.

/// The words of `text`: split at blanks, with single quotes, double quotes and backslashes.
/// An open quote ends with the text.
pub(crate) fn split_words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut in_word = false;
    let mut quote = None;
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match (quote, letter) {
            (Some(open), _) if letter == open => quote = None,
            (None, '\'' | '"') => {
                quote = Some(letter);
                in_word = true;
            }
            (None | Some('"'), '\\') => {
                word.extend(letters.next());
                in_word = true;
            }
            (None, _) if letter.is_whitespace() => {
                if in_word {
                    words.push(std::mem::take(&mut word));
                    in_word = false;
                }
            }
            _ => {
                word.push(letter);
                in_word = true;
            }
        }
    }
    if in_word {
        words.push(word);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::split_words;

    #[test]
    fn splits_as_a_shell_does() {
        assert_eq!(split_words("  --smol  -d X:1 "), ["--smol", "-d", "X:1"]);
        assert_eq!(
            split_words(r#"--define X:"5 6" 'a b' '' c\ d"#),
            ["--define", "X:5 6", "a b", "", "c d"]
        );
        assert!(split_words(" \n").is_empty());
    }
}
