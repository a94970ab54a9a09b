//! Replacements in a text, and where its places are afterwards.

/// Replacements, from the first to the last; none overlaps another.
#[derive(Default)]
pub(super) struct Edits {
    list: Vec<Edit>,
}

struct Edit {
    at: usize,
    length: usize,
    text: String,
}

impl Edits {
    /// Replaces `length` bytes; what comes before the last replacement's end is left alone.
    pub(super) fn replace(&mut self, at: usize, length: usize, text: String) {
        let end = self.list.last().map_or(0, |last| last.at + last.length);
        debug_assert!(at >= end, "replacements come in their order");
        if at >= end {
            self.list.push(Edit { at, length, text });
        }
    }

    /// The new text.
    pub(super) fn apply(&self, text: &str) -> String {
        let mut new = String::with_capacity(text.len());
        let mut done = 0;
        for edit in &self.list {
            new.push_str(text.get(done..edit.at).unwrap_or_default());
            new.push_str(&edit.text);
            done = edit.at + edit.length;
        }
        new.push_str(text.get(done..).unwrap_or_default());
        new
    }

    /// Moves places, which are in ascending order, to where the same is in the new text.
    pub(super) fn shift<'p>(&self, places: impl Iterator<Item = &'p mut usize>) {
        let mut edits = self.list.iter().peekable();
        let (mut more, mut less) = (0, 0);
        for place in places {
            while let Some(edit) =
                edits.next_if(|edit| edit.at < *place || edit.length == 0 && edit.at == *place)
            {
                more += edit.text.len();
                less += edit.length;
            }
            *place = (*place + more).saturating_sub(less);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_follow_the_text() {
        let text = "abc\"1\"def\"2\"ghi";
        let mut edits = Edits::default();
        edits.replace(0, 0, "head ".to_owned());
        edits.replace(3, 3, "<long>".to_owned());
        edits.replace(9, 3, String::new());
        let new = edits.apply(text);
        assert_eq!(new, "head abc<long>defghi");
        let mut places = [0, 1, 3, 6, 8, 12, 14];
        edits.shift(places.iter_mut());
        let found: Vec<&str> = places.iter().map(|at| &new[*at..=*at]).collect();
        assert_eq!(found, ["a", "b", "<", "d", "f", "g", "i"]);
    }
}
