//! "Did you mean": the nearest known name to a misspelt one. It never decides anything.

/// The candidate nearest to `given`, if it is near enough to be a slip of the fingers: at most one
/// edit per three letters, and at most three.
pub(crate) fn closest<'a>(
    given: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let given: Vec<char> = given.chars().take(MAX_LETTERS).collect();
    let limit = (given.len() / 3).clamp(1, 3);
    candidates
        .into_iter()
        .map(|candidate| (distance(&given, candidate), candidate))
        .filter(|&(distance, candidate)| distance <= limit && distance < candidate.chars().count())
        .min_by_key(|&(distance, _)| distance)
        .map(|(_, candidate)| candidate)
}

/// Names are compared by their first letters only: the work grows with the square of this number, and
/// a name comes from the command line.
const MAX_LETTERS: usize = 64;

/// Edits (insert, delete, replace, swap neighbours) between two names.
fn distance(given: &[char], candidate: &str) -> usize {
    let candidate: Vec<char> = candidate.chars().take(MAX_LETTERS).collect();
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=candidate.len()).collect();
    for (row, &left) in given.iter().enumerate() {
        let mut current = Vec::with_capacity(last.len());
        current.push(row + 1);
        for (column, &right) in candidate.iter().enumerate() {
            let replaced = last[column] + usize::from(left != right);
            let mut best = replaced.min(last[column + 1] + 1).min(current[column] + 1);
            let swapped =
                row > 0 && column > 0 && left == candidate[column - 1] && given[row - 1] == right;
            if swapped {
                best = best.min(before_last[column - 1] + 1);
            }
            current.push(best);
        }
        before_last = std::mem::replace(&mut last, current);
    }
    last[candidate.len()]
}

#[cfg(test)]
mod tests {
    use super::closest;

    #[test]
    fn finds_slips_and_nothing_else() {
        let names = ["build", "dev", "start", "test", "--watch"];
        assert_eq!(closest("biuld", names), Some("build"));
        assert_eq!(closest("strat", names), Some("start"));
        assert_eq!(closest("--watc", names), Some("--watch"));
        assert_eq!(closest("de", names), Some("dev"));
        assert_eq!(closest("deploy", names), None);
        assert_eq!(closest("x", ["y", "ab"]), None);
    }
}
