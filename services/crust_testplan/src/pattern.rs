//! Globs over paths with `/`: `*`, `**`, `?`, `[…]` and `{a,b}`, as coverage and ignore patterns are
//! written. Never touches the file system.

/// A compiled glob.
#[derive(Debug, Clone)]
pub struct Pattern {
    alternatives: Vec<Vec<char>>,
}

/// Braces multiply; a pattern that means more than this many is cut there.
const MOST_ALTERNATIVES: usize = 256;

impl Pattern {
    /// Compiles `text`. Every text is a pattern.
    pub fn new(text: &str) -> Self {
        let mut alternatives = Vec::new();
        expand(text, &mut alternatives);
        Self {
            alternatives: alternatives
                .into_iter()
                .map(|text| text.chars().collect())
                .collect(),
        }
    }

    /// Whether `text` holds what makes a word a glob rather than part of a path.
    pub fn is_glob(text: &str) -> bool {
        text.contains(['*', '?', '[', '{'])
    }

    /// Whether the whole of `path` matches.
    pub fn matches(&self, path: &str) -> bool {
        let path: Vec<char> = path.chars().collect();
        self.alternatives
            .iter()
            .any(|pattern| matches(pattern, &path))
    }
}

/// Replaces the first pair of braces by each of its parts, again and again.
fn expand(text: &str, out: &mut Vec<String>) {
    if out.len() >= MOST_ALTERNATIVES {
        return;
    }
    let Some((before, parts, after)) = first_braces(text) else {
        out.push(text.to_owned());
        return;
    };
    for part in parts {
        expand(&format!("{before}{part}{after}"), out);
    }
}

fn first_braces(text: &str) -> Option<(&str, Vec<&str>, &str)> {
    let open = text.find('{')?;
    let (mut depth, mut start, mut parts) = (0_usize, open + 1, Vec::new());
    for (index, letter) in text.char_indices().skip_while(|(index, _)| *index < open) {
        match letter {
            '{' => depth += 1,
            ',' if depth == 1 => {
                parts.push(text.get(start..index)?);
                start = index + 1;
            }
            '}' if depth == 1 => {
                parts.push(text.get(start..index)?);
                return Some((text.get(..open)?, parts, text.get(index + 1..)?));
            }
            '}' => depth -= 1,
            _ => {}
        }
    }
    None
}

/// Matching with one remembered star of each kind would be wrong for `**` within `*`, so states are a set:
/// linear in the pattern for each character.
fn matches(pattern: &[char], path: &[char]) -> bool {
    let mut states = vec![false; pattern.len() + 1];
    set(pattern, &mut states, 0);
    for (at, letter) in path.iter().enumerate() {
        let mut next = vec![false; pattern.len() + 1];
        for (state, alive) in states.iter().enumerate() {
            if *alive {
                step(pattern, state, *letter, at, path, &mut next);
            }
        }
        states = next;
    }
    states.last().copied().unwrap_or(false)
}

/// Enters a state and those that follow without a character.
fn set(pattern: &[char], states: &mut [bool], state: usize) {
    if states.get(state).copied().unwrap_or(true) {
        return;
    }
    if let Some(slot) = states.get_mut(state) {
        *slot = true;
    }
    if pattern.get(state) != Some(&'*') {
        return;
    }
    if pattern.get(state + 1) == Some(&'*') {
        // `**/` also stands for nothing.
        let after = state + 2;
        set(pattern, states, after);
        if pattern.get(after) == Some(&'/') && (state == 0 || pattern.get(state - 1) == Some(&'/'))
        {
            set(pattern, states, after + 1);
        }
    } else {
        set(pattern, states, state + 1);
    }
}

fn step(pattern: &[char], state: usize, letter: char, at: usize, path: &[char], next: &mut [bool]) {
    let Some(token) = pattern.get(state) else {
        return;
    };
    match token {
        '*' if pattern.get(state + 1) == Some(&'*') => stay(pattern, next, state, letter),
        '*' if letter != '/' => set(pattern, next, state),
        '?' if letter != '/' => set(pattern, next, state + 1),
        '[' => {
            if let Some(end) = class(pattern, state, letter) {
                set(pattern, next, end);
            }
        }
        '\\' if pattern.get(state + 1) == path.get(at) => set(pattern, next, state + 2),
        token if *token == letter => set(pattern, next, state + 1),
        _ => {}
    }
}

/// `**` took a letter: `**/` may end only where a part of the path begins.
fn stay(pattern: &[char], next: &mut [bool], state: usize, letter: char) {
    if let Some(slot) = next.get_mut(state) {
        *slot = true;
    }
    let after = state + 2;
    set(pattern, next, after);
    if letter == '/' && pattern.get(after) == Some(&'/') {
        set(pattern, next, after + 1);
    }
}

/// The state after `[…]` if it contains the letter.
fn class(pattern: &[char], open: usize, letter: char) -> Option<usize> {
    let close = open + 2 + pattern.get(open + 2..)?.iter().position(|c| *c == ']')?;
    let (negated, start) = match pattern.get(open + 1) {
        Some('!' | '^') => (true, open + 2),
        _ => (false, open + 1),
    };
    let (mut at, mut found) = (start, false);
    while at < close {
        let low = *pattern.get(at)?;
        let is_range = pattern.get(at + 1) == Some(&'-') && at + 2 < close;
        let high = if is_range { *pattern.get(at + 2)? } else { low };
        found |= (low..=high).contains(&letter);
        at += if is_range { 3 } else { 1 };
    }
    (found != negated && letter != '/').then_some(close + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pattern: &str, path: &str, expect: bool) {
        assert_eq!(
            Pattern::new(pattern).matches(path),
            expect,
            "{pattern} {path}"
        );
    }

    #[test]
    fn globs_match_as_written() {
        check("*.ts", "a.ts", true);
        check("*.ts", "a/b.ts", false);
        check("**/*.ts", "a/b/c.ts", true);
        check("**/*.ts", "c.ts", true);
        check("src/**", "src/a/b.ts", true);
        check("src/**/x.ts", "src/x.ts", true);
        check("src/**/x.ts", "src/ax.ts", false);
        check("a?c", "abc", true);
        check("a?c", "a/c", false);
        check("[a-c]x", "bx", true);
        check("[!a-c]x", "bx", false);
        check("{a,b/{c,d}}.ts", "b/d.ts", true);
        check("{a,b}.ts", "c.ts", false);
        check("a\\*", "a*", true);
    }

    proptest::proptest! {
        #[test]
        fn nothing_panics(pattern in "[a*?{},/\\[\\]!-]{0,24}", path in "[a/b]{0,24}") {
            let _ = Pattern::new(&pattern).matches(&path);
        }
    }
}
