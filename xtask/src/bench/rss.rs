//! Memory: the peak resident set of the start-up program.

use super::case::{Case, Metric, Target};
use super::hello;

pub(super) const CASE: Case = Case {
    name: "rss",
    title: "Peak resident memory of `hello.ts`",
    metric: Metric::PeakRss,
    targets: &[Target::MaxMib(30.0)],
    rounds: 10,
    prepare: hello::prepare,
};
