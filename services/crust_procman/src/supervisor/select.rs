//! Which instances a word on the command line means.

use super::{Refusal, Supervisor};

impl Supervisor {
    /// The instances that `word` means: `all`, an id, a UUID, a name, `name:index`, a namespace or a glob
    /// over names, in this order.
    ///
    /// # Errors
    /// None does.
    pub fn select(&self, word: &str) -> Result<Vec<u32>, Refusal> {
        if word == "all" {
            return Ok(self.instances.keys().copied().collect());
        }
        if let Ok(id) = word.parse::<u32>()
            && self.instances.contains_key(&id)
        {
            return Ok(vec![id]);
        }
        if let Some(app) = self.app_named(word) {
            return Ok(app.instances.clone());
        }
        let found: Vec<u32> = self
            .instances()
            .filter(|(instance, app)| {
                instance.uuid == word
                    || app.uuid == word
                    || word
                        .strip_prefix(app.config.name.as_str())
                        .and_then(|rest| rest.strip_prefix(':'))
                        .is_some_and(|index| index == instance.index.to_string())
            })
            .map(|(instance, _)| instance.id)
            .collect();
        if !found.is_empty() {
            return Ok(found);
        }
        let by = |test: &dyn Fn(&super::App) -> bool| -> Vec<u32> {
            self.instances()
                .filter(|(_, app)| test(app))
                .map(|(instance, _)| instance.id)
                .collect()
        };
        let found = by(&|app| app.config.namespace == word);
        let found = if found.is_empty() && word.contains(['*', '?']) {
            by(&|app| matches_glob(word, &app.config.name))
        } else {
            found
        };
        if found.is_empty() {
            return Err(Refusal::new(
                "NOT_FOUND",
                format!("no process has the name, id or namespace \"{word}\""),
            ));
        }
        Ok(found)
    }
}

/// Whether `pattern`, with `*` for any text and `?` for one character, matches `text`.
#[must_use]
pub fn matches_glob(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) =
        (pattern.chars().collect(), text.chars().collect());
    let (mut at, mut position) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while position < text.len() {
        match pattern.get(at) {
            Some('*') => {
                star = Some((at, position));
                at += 1;
            }
            Some(letter) if *letter == '?' || Some(letter) == text.get(position) => {
                at += 1;
                position += 1;
            }
            _ => {
                let Some((star_at, matched)) = star else {
                    return false;
                };
                star = Some((star_at, matched + 1));
                at = star_at + 1;
                position = matched + 1;
            }
        }
    }
    pattern[at..].iter().all(|letter| *letter == '*')
}
