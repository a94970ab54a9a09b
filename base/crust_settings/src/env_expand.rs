//! `$NAME`, `${NAME}` and `${NAME:-default}` in a value. It looks names up and nothing else: no
//! commands, no globs.

/// How deep defaults may nest. A person writes one or two; the recursion is bounded by this.
const DEPTH: usize = 32;

/// Expands `value`. `budget` is the number of bytes that may still be written; it falls, and once
/// it is used up the answer is `None`: values that double each other would else fill the memory.
///
/// A name that is not set expands to nothing; `:-` replaces only a name that is not set, not an
/// empty one; `\$` is a dollar sign. Quotes make no difference, as in Bun.
pub(crate) fn expand(
    value: &str,
    lookup: &dyn Fn(&str) -> Option<String>,
    budget: &mut usize,
) -> Option<String> {
    let mut expansion = Expansion {
        value,
        braces: matching_braces(value),
        lookup,
        budget,
        out: String::with_capacity(value.len()),
    };
    expansion.append(0, value.len(), 0)?;
    Some(expansion.out)
}

struct Expansion<'v> {
    value: &'v str,
    /// Sorted pairs of the offsets of an opening brace and the brace that closes it. Found once:
    /// searching from every dollar sign would be quadratic.
    braces: Vec<(usize, usize)>,
    lookup: &'v dyn Fn(&str) -> Option<String>,
    budget: &'v mut usize,
    out: String,
}

impl<'v> Expansion<'v> {
    /// Expands the bytes `from..to` of the value.
    fn append(&mut self, from: usize, to: usize, depth: usize) -> Option<()> {
        let mut at = from;
        while let Some(before) = self.value[at..to].find('$').filter(|_| depth < DEPTH) {
            let dollar = at + before;
            let text = &self.value[at..dollar];
            at = dollar + 1;
            if let Some(text) = text.strip_suffix('\\') {
                self.push(text)?;
                self.push("$")?;
                continue;
            }
            self.push(text)?;
            let Some(reference) = self.reference(at, to) else {
                self.push("$")?;
                continue;
            };
            match ((self.lookup)(reference.name), reference.default) {
                (Some(found), _) => self.push(&found)?,
                (None, Some((from, to))) => self.append(from, to, depth + 1)?,
                (None, None) => {}
            }
            at = reference.end;
        }
        self.push(&self.value[at..to])
    }

    fn push(&mut self, text: &str) -> Option<()> {
        *self.budget = self.budget.checked_sub(text.len())?;
        self.out.push_str(text);
        Some(())
    }

    /// The reference that stands at `at`, after a dollar sign, if there is one.
    fn reference(&self, at: usize, to: usize) -> Option<Reference<'v>> {
        let after = &self.value[at..to];
        let Some(inside) = after.strip_prefix('{') else {
            let length = name_length(after);
            let name = &after[..length];
            return (length > 0).then_some(Reference {
                name,
                default: None,
                end: at + length,
            });
        };
        let (name, rest) = inside.split_at(name_length(inside));
        let rest_at = at + 1 + name.len();
        if rest.starts_with('}') {
            return Some(Reference {
                name,
                default: None,
                end: rest_at + 1,
            });
        }
        if !rest.starts_with(":-") {
            return None;
        }
        let pair = self
            .braces
            .binary_search_by_key(&at, |(open, _)| *open)
            .ok()?;
        let close = self.braces[pair].1;
        Some(Reference {
            name,
            default: Some((rest_at + 2, close)),
            end: close + 1,
        })
    }
}

struct Reference<'v> {
    name: &'v str,
    /// Where in the value the default stands.
    default: Option<(usize, usize)>,
    /// Where in the value the reference ends.
    end: usize,
}

fn name_length(text: &str) -> usize {
    text.bytes()
        .take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
        .count()
}

fn matching_braces(text: &str) -> Vec<(usize, usize)> {
    let mut open = Vec::new();
    let mut pairs = Vec::new();
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'{' => open.push(at),
            b'}' => pairs.extend(open.pop().map(|start| (start, at))),
            _ => {}
        }
    }
    pairs.sort_unstable();
    pairs
}
