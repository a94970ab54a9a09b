//! Routes of a server: which answer a method and path have. Exact segments beat parameters, which beat
//! wildcards, at the first segment that differs. Matches bytes as they are on the wire; decoding
//! parameters is JS's work, when somebody reads them.

use crate::file_route::FileRoute;
use crate::static_response::StaticResponse;
use std::collections::HashMap;
use std::rc::Rc;

/// What answers a request.
#[derive(Clone, Default)]
pub(crate) enum Answer {
    /// The server's `fetch`.
    #[default]
    Fetch,
    /// A function of JS, by its index.
    Handler(u32),
    /// A response kept encoded.
    Static(Rc<StaticResponse>),
    /// A file or a directory.
    File(Rc<FileRoute>),
}

/// Answers of one path, by method.
#[derive(Clone, Default)]
struct Target {
    any: Option<Answer>,
    methods: Vec<(u8, Answer)>,
    /// Index of the pattern in the order given, by which JS finds the names of parameters.
    pattern: u32,
}

/// A tree by segments.
#[derive(Default)]
pub(crate) struct Router {
    exact: HashMap<Box<[u8]>, Target>,
    patterns: Node,
    has_patterns: bool,
    fallback: Answer,
}

#[derive(Default)]
struct Node {
    literals: HashMap<Box<[u8]>, Node>,
    parameter: Option<Box<Node>>,
    wildcard: Option<Target>,
    target: Option<Target>,
}

impl Router {
    /// Adds an answer for a path (`/a/:b`, `/c/*`) and a method (0: any).
    pub(crate) fn add(&mut self, path: &str, method: u8, answer: Answer, pattern: u32) {
        let is_pattern = path.contains("/:") || path.contains('*');
        let target = if is_pattern {
            self.has_patterns = true;
            self.patterns.target_of(path)
        } else {
            self.exact.entry(path.as_bytes().into()).or_default()
        };
        target.pattern = pattern;
        if method == 0 {
            target.any = Some(answer);
        } else {
            target.methods.push((method, answer));
        }
    }

    /// The answer for a path, and the pattern it was found by.
    pub(crate) fn find(&self, method: u8, path: &[u8]) -> (&Answer, u32) {
        let exact = self.exact.get(path);
        if let Some(found) = exact.and_then(|target| target.pick(method)) {
            return found;
        }
        let found = if self.has_patterns {
            let rest = path.strip_prefix(b"/").unwrap_or(path);
            self.patterns.find(method, Some(rest))
        } else {
            None
        };
        found.unwrap_or((&self.fallback, 0))
    }
}

impl Target {
    fn pick(&self, method: u8) -> Option<(&Answer, u32)> {
        let of = |wanted: u8| {
            self.methods
                .iter()
                .find(|(method, _)| *method == wanted)
                .map(|(_, answer)| answer)
        };
        let head = || {
            (method == crust_wire::HEAD)
                .then(|| of(crust_wire::GET))
                .flatten()
        };
        let answer = of(method).or_else(head).or(self.any.as_ref())?;
        Some((answer, self.pattern))
    }
}

impl Node {
    fn target_of(&mut self, path: &str) -> &mut Target {
        let mut node = self;
        let path = path.strip_prefix('/').unwrap_or(path);
        for segment in path.split('/') {
            if segment == "*" {
                return node.wildcard.get_or_insert_default();
            }
            node = if segment.starts_with(':') {
                node.parameter.get_or_insert_default()
            } else {
                node.literals.entry(segment.as_bytes().into()).or_default()
            };
        }
        node.target.get_or_insert_default()
    }

    /// `rest`: what is left of the path, `None` behind its last segment. Patterns are as deep as
    /// somebody wrote them, so the recursion ends.
    fn find(&self, method: u8, rest: Option<&[u8]>) -> Option<(&Answer, u32)> {
        let Some(rest) = rest else {
            return self.target.as_ref()?.pick(method);
        };
        let end = memchr::memchr(b'/', rest);
        let (segment, after) = match end {
            Some(end) => (rest.get(..end).unwrap_or_default(), rest.get(end + 1..)),
            None => (rest, None),
        };
        let literal = self
            .literals
            .get(segment)
            .and_then(|node| node.find(method, after));
        let parameter = || {
            let node = self.parameter.as_ref().filter(|_| !segment.is_empty())?;
            node.find(method, after)
        };
        let wildcard = || self.wildcard.as_ref()?.pick(method);
        literal.or_else(parameter).or_else(wildcard)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crust_wire::{GET, HEAD};

    const POST: u8 = 3;

    fn check(routes: &[(&str, u8)], cases: &[(u8, &str, Option<u32>)]) {
        let mut router = Router::default();
        for (index, (path, method)) in (0..).zip(routes) {
            router.add(path, *method, Answer::Handler(index), index);
        }
        for (method, path, expected) in cases {
            let found = match router.find(*method, path.as_bytes()).0 {
                Answer::Handler(index) => Some(*index),
                _ => None,
            };
            assert_eq!(found, *expected, "{method} {path}");
        }
    }

    #[test]
    fn the_most_specific_route_answers() {
        check(
            &[
                ("/*", 0),
                ("/a/*", 0),
                ("/a/:b", 0),
                ("/a/b", 0),
                ("/a/:b/c", 0),
            ],
            &[
                (GET, "/a/b", Some(3)),
                (GET, "/a/x", Some(2)),
                (GET, "/a/x/c", Some(4)),
                (GET, "/a/x/d", Some(1)),
                (GET, "/a/", Some(1)),
                (GET, "/", Some(0)),
                (GET, "/b/c/d", Some(0)),
            ],
        );
    }

    #[test]
    fn methods_fall_through_to_less_specific_routes() {
        check(
            &[("/a", GET), ("/:x", POST), ("/b", 0)],
            &[
                (GET, "/a", Some(0)),
                (HEAD, "/a", Some(0)),
                (POST, "/a", Some(1)),
                (GET, "/c", None),
                (POST, "/b", Some(2)),
            ],
        );
    }
}
