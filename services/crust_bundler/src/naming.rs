//! Names of output files: templates of `[dir]`, `[name]`, `[ext]`, `[target]` and `[hash]`, where the last is
//! for rolldown to fill in.

use std::path::{Component, Path, PathBuf};

use crate::options::Target;

/// What a template is filled with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Parts<'a> {
    /// Folder below the root.
    pub(crate) dir: &'a str,
    pub(crate) name: &'a str,
    /// Without its dot.
    pub(crate) ext: &'a str,
    pub(crate) target: Target,
}

/// Fills in everything but `[hash]`.
pub(crate) fn fill(template: &str, parts: Parts<'_>) -> String {
    let target = parts.target.to_string();
    let filled = template
        .replace("[dir]", parts.dir)
        .replace("[name]", parts.name)
        .replace("[target]", &target);
    let filled = if parts.ext.is_empty() {
        filled.replace(".[ext]", "").replace("[ext]", "")
    } else {
        filled.replace("[ext]", parts.ext)
    };
    clean(&filled)
}

/// A path that stays in the output folder: no leading slash, nothing empty, `..` written as Bun does.
fn clean(path: &str) -> String {
    let parts = path
        .split('/')
        .filter(|part| !part.is_empty() && *part != ".");
    let parts: Vec<&str> = parts
        .map(|part| if part == ".." { "_.._" } else { part })
        .collect();
    parts.join("/")
}

/// The folder of `path` below `root`, with `/`; `..` for each level above.
pub(crate) fn folder_below(root: &Path, path: &Path) -> String {
    let folder = path.parent().unwrap_or(root);
    let mut root = root.components().peekable();
    let mut own = folder.components().peekable();
    while root.peek().is_some() && root.peek() == own.peek() {
        root.next();
        own.next();
    }
    let up = root.map(|_| "..".to_owned());
    let down = own.map(|part| part.as_os_str().to_string_lossy().into_owned());
    up.chain(down).collect::<Vec<_>>().join("/")
}

/// The folder that all files share.
pub(crate) fn shared_folder<'p>(paths: impl IntoIterator<Item = &'p Path>) -> Option<PathBuf> {
    let mut shared: Option<Vec<Component<'_>>> = None;
    for path in paths {
        let folder: Vec<Component<'_>> = path.parent()?.components().collect();
        shared = Some(match shared {
            None => folder,
            Some(known) => {
                let common = known
                    .iter()
                    .zip(&folder)
                    .take_while(|(known, own)| known == own)
                    .count();
                known.into_iter().take(common).collect()
            }
        });
    }
    shared.map(|parts| parts.into_iter().collect())
}

/// The name of a file without its last extension.
pub(crate) fn stem(path: &Path) -> String {
    let stem = path.file_stem().unwrap_or_default();
    stem.to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(template: &str, dir: &str, expect: &str) {
        let parts = Parts {
            dir,
            name: "index",
            ext: "js",
            target: Target::Bun,
        };
        assert_eq!(fill(template, parts), expect);
    }

    #[test]
    fn templates_are_filled() {
        check("[dir]/[name].[ext]", "", "index.js");
        check("[dir]/[name].[ext]", "a/b", "a/b/index.js");
        check("./[dir]/[name]-[hash].[ext]", "", "index-[hash].js");
        check("[dir]/[name].[ext]", "../x", "_.._/x/index.js");
        check("/etc/[name].[ext]", "", "etc/index.js");
        check("[target]/[name].[ext]", "", "bun/index.js");
    }

    #[test]
    fn folders_are_told() {
        let below = |root: &str, path: &str| folder_below(Path::new(root), Path::new(path));
        assert_eq!(below("/app", "/app/a.js"), "");
        assert_eq!(below("/app", "/app/b/c/a.js"), "b/c");
        assert_eq!(below("/app/x", "/app/b/a.js"), "../b");
    }

    #[test]
    fn entry_points_share_a_folder() {
        let shared = |paths: &[&str]| shared_folder(paths.iter().map(Path::new));
        assert_eq!(shared(&["/a/b/c.js"]), Some(PathBuf::from("/a/b")));
        assert_eq!(
            shared(&["/a/b/c.js", "/a/d/e/f.js"]),
            Some(PathBuf::from("/a"))
        );
        assert_eq!(shared(&["/a/b.js", "/c/d.js"]), Some(PathBuf::from("/")));
    }
}
