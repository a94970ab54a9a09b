//! Typed access to the members of a configuration file. A member of the wrong type is left out and
//! becomes a warning with its place: one odd field must not stop a program.

use std::cell::RefCell;
use std::ops::Range;

use crust_diag::{Diagnostic, Severity};

use crate::json::Step;
use crate::source::Source;
use crate::value::{Object, Value};

/// Collects what is wrong with one file.
pub(crate) struct Report<'s> {
    pub(crate) source: Source<'s>,
    locate: &'s dyn Fn(&[Step]) -> Option<Range<usize>>,
    list: RefCell<Vec<Diagnostic>>,
}

impl<'s> Report<'s> {
    pub(crate) fn new(
        source: Source<'s>,
        locate: &'s dyn Fn(&[Step]) -> Option<Range<usize>>,
    ) -> Self {
        Self {
            source,
            locate,
            list: RefCell::default(),
        }
    }

    fn warn(&self, path: &[Step], message: String) {
        let at = (self.locate)(path);
        self.list
            .borrow_mut()
            .push(self.source.problem(Severity::Warning, message, at));
    }

    pub(crate) fn finish(self) -> Vec<Diagnostic> {
        self.list.into_inner()
    }
}

/// The members of one object of the file.
pub(crate) struct Fields<'o, 's> {
    object: &'o Object,
    path: Vec<Step>,
    report: &'o Report<'s>,
}

impl<'o, 's> Fields<'o, 's> {
    pub(crate) fn new(object: &'o Object, report: &'o Report<'s>) -> Self {
        Self {
            object,
            path: Vec::new(),
            report,
        }
    }

    fn steps(&self, key: &str) -> Vec<Step> {
        let mut steps = self.path.clone();
        steps.push(Step::Key(key.to_owned()));
        steps
    }

    /// The member, with `null` as absent.
    pub(crate) fn get(&self, key: &str) -> Option<&'o Value> {
        self.object.get(key).filter(|value| **value != Value::Null)
    }

    /// Warns that `key` is not what it should be.
    pub(crate) fn wrong(&self, key: &str, expected: &str) {
        let found = self.object.get(key).map_or("nothing", Value::kind);
        let message = format!("\"{key}\" should be {expected}, not {found}; it is ignored");
        self.report.warn(&self.steps(key), message);
    }

    /// Warns about the value of `key` in words of its own.
    pub(crate) fn warn(&self, key: &str, message: String) {
        self.report.warn(&self.steps(key), message);
    }

    pub(crate) fn string(&self, key: &str) -> Option<String> {
        if let Value::String(text) = self.get(key)? {
            return Some(text.clone());
        }
        self.wrong(key, "a string");
        None
    }

    pub(crate) fn boolean(&self, key: &str) -> Option<bool> {
        if let Value::Bool(flag) = self.get(key)? {
            return Some(*flag);
        }
        self.wrong(key, "true or false");
        None
    }

    pub(crate) fn number(&self, key: &str) -> Option<f64> {
        if let Value::Number(number) = self.get(key)? {
            return Some(*number);
        }
        self.wrong(key, "a number");
        None
    }

    /// An array of strings; other items are left out.
    pub(crate) fn strings(&self, key: &str) -> Option<Vec<String>> {
        let Value::Array(items) = self.get(key)? else {
            self.wrong(key, "an array of strings");
            return None;
        };
        let texts: Vec<String> = items
            .iter()
            .filter_map(|item| item.as_str().map(str::to_owned))
            .collect();
        if texts.len() < items.len() {
            let odd = items
                .iter()
                .position(|item| item.as_str().is_none())
                .unwrap_or_default();
            let mut steps = self.steps(key);
            steps.push(Step::Index(odd));
            let kind = items.get(odd).map_or("nothing", Value::kind);
            let message = format!("\"{key}\" should hold strings only, not {kind}; it is ignored");
            self.report.warn(&steps, message);
        }
        Some(texts)
    }

    /// A string or an array of strings.
    pub(crate) fn string_or_strings(&self, key: &str) -> Option<Vec<String>> {
        match self.get(key)? {
            Value::String(text) => Some(vec![text.clone()]),
            Value::Array(_) => self.strings(key),
            _ => {
                self.wrong(key, "a string or an array of strings");
                None
            }
        }
    }

    pub(crate) fn object(&self, key: &str) -> Option<Fields<'o, 's>> {
        let Value::Object(object) = self.get(key)? else {
            self.wrong(key, "an object");
            return None;
        };
        Some(Fields {
            object,
            path: self.steps(key),
            report: self.report,
        })
    }

    pub(crate) fn keys(&self) -> impl Iterator<Item = &'o str> + use<'o> {
        self.object.keys().map(String::as_str)
    }

    /// An object of strings, in order; other members are left out.
    pub(crate) fn string_map(&self, key: &str) -> Vec<(String, String)> {
        let Some(fields) = self.object(key) else {
            return Vec::new();
        };
        fields
            .keys()
            .filter_map(|name| Some((name.to_owned(), fields.string(name)?)))
            .collect()
    }
}
