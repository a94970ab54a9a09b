//! Merge conflicts: a text with git's markers as the two texts that it is made of. Never chooses.

/// The texts of both sides; `None` where there are no markers.
pub(super) fn sides(text: &str) -> Option<(String, String)> {
    #[derive(Clone, Copy)]
    enum In {
        Both,
        Ours,
        /// What both sides come from, which some settings of git show.
        Base,
        Theirs,
    }
    if !text.lines().any(|line| line.starts_with("<<<<<<<")) {
        return None;
    }
    let (mut ours, mut theirs) = (String::new(), String::new());
    let mut place = In::Both;
    for line in text.split_inclusive('\n') {
        place = match place {
            _ if line.starts_with("<<<<<<<") => In::Ours,
            In::Ours if line.starts_with("|||||||") => In::Base,
            In::Ours | In::Base if line.starts_with("=======") => In::Theirs,
            In::Theirs if line.starts_with(">>>>>>>") => In::Both,
            In::Both => {
                ours.push_str(line);
                theirs.push_str(line);
                continue;
            }
            In::Ours => {
                ours.push_str(line);
                continue;
            }
            In::Theirs => {
                theirs.push_str(line);
                continue;
            }
            In::Base => continue,
        };
    }
    Some((ours, theirs))
}

#[cfg(test)]
mod tests {
    use super::sides;

    #[test]
    fn markers_are_taken_apart() {
        let text = "a\n<<<<<<< HEAD\nb\n||||||| base\nx\n=======\nc\n>>>>>>> other\nd\n";
        assert_eq!(
            sides(text),
            Some(("a\nb\nd\n".to_owned(), "a\nc\nd\n".to_owned()))
        );
        assert_eq!(sides("a\n=======\n"), None);
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_taken_apart(text: String) {
            let _ = sides(&format!("<<<<<<<\n{text}"));
        }
    }
}
