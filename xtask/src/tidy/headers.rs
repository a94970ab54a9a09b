//! Every Rust file opens with `//!` and every builtin TypeScript file with `//`: what it is and what
//! it never does.

use super::Problem;
use crate::tree::{File, Tree};

pub(super) fn check(tree: &Tree) -> Vec<Problem> {
    tree.files.iter().filter_map(check_file).collect()
}

fn check_file(file: &File) -> Option<Problem> {
    let text = file.text.as_deref()?;
    if file.is_fixture() {
        return None;
    }
    let opening = if file.has_extension("rs") {
        "//!"
    } else if is_builtin(file) {
        "//"
    } else {
        return None;
    };
    (!text.trim_start().starts_with(opening)).then(|| {
        Problem::at(
            &file.path,
            1,
            format!("open the file with a `{opening}` header"),
        )
    })
}

/// TypeScript that is part of the product: `features/<crate>/js/**/*.ts`.
fn is_builtin(file: &File) -> bool {
    file.has_extension("ts") && file.path.starts_with("features/") && file.path.contains("/js/")
}
