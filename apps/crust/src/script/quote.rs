//! Quotes arguments for a POSIX shell. It never parses shell text.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};

/// The command `text` followed by `arguments`, each one word to the shell.
pub(super) fn with_arguments(text: &str, arguments: &[OsString]) -> OsString {
    let mut line = text.as_bytes().to_vec();
    for argument in arguments {
        line.push(b' ');
        push_quoted(&mut line, argument);
    }
    OsString::from_vec(line)
}

fn push_quoted(line: &mut Vec<u8>, argument: &OsStr) {
    let bytes = argument.as_bytes();
    if !bytes.is_empty() && bytes.iter().all(|&byte| is_plain(byte)) {
        line.extend_from_slice(bytes);
        return;
    }
    line.push(b'"');
    for &byte in bytes {
        // The four characters that keep their meaning inside double quotes.
        if matches!(byte, b'"' | b'\\' | b'$' | b'`') {
            line.push(b'\\');
        }
        line.push(byte);
    }
    line.push(b'"');
}

fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || !byte.is_ascii() || b"-_./:@%+,!".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::with_arguments;

    #[test]
    fn arguments_stay_words() {
        let arguments = [
            "a", "b c", "", "it's", "$x", "q\"q", "a\\b", "a`b", "*", "a=b", "ä", "--x",
        ];
        let line = with_arguments("cmd", &arguments.map(Into::into));
        let expected = r#"cmd a "b c" "" "it's" "\$x" "q\"q" "a\\b" "a\`b" "*" "a=b" ä --x"#;
        assert_eq!(line, expected);
    }
}
