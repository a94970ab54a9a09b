//! A module's id in rolldown, taken apart: `PATH`, `PATH?loader=NAME`, or `NAMESPACE:PATH`.

use super::worker::WorkerKind;
use crate::loader::Loader;

const LOADER: &str = "?loader=";

/// What an id says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Identity<'a> {
    /// The path: absolute in the namespace `file`.
    pub(crate) path: &'a str,
    /// `file` for what is on the disk.
    pub(crate) namespace: &'a str,
    /// The loader that an import attribute asked for.
    pub(crate) loader: Option<Loader>,
}

impl<'a> Identity<'a> {
    pub(crate) fn of(id: &'a str) -> Self {
        let id = WorkerKind::of_id(id).map_or(id, |(rest, _)| rest);
        let (rest, loader) = match id.rsplit_once(LOADER) {
            Some((rest, name)) => match name.parse() {
                Ok(loader) => (rest, Some(loader)),
                Err(_) => (id, None),
            },
            None => (id, None),
        };
        let (namespace, path) = match rest.split_once(':') {
            Some((namespace, path)) if !rest.starts_with('/') => (namespace, path),
            _ => ("file", rest),
        };
        Self {
            path,
            namespace,
            loader,
        }
    }

    /// Whether it is a file of the disk.
    pub(crate) fn is_file(&self) -> bool {
        self.namespace == "file"
    }

    /// Whether it belongs to an installed package.
    pub(crate) fn is_in_package(&self) -> bool {
        self.path.contains("/node_modules/")
    }
}

/// The id of a path in a namespace.
pub(crate) fn id_of(namespace: &str, path: &str) -> String {
    if namespace.is_empty() || namespace == "file" {
        path.to_owned()
    } else {
        format!("{namespace}:{path}")
    }
}

/// The id of a file that an import attribute wants read so.
pub(crate) fn id_with_loader(id: &str, loader: Loader) -> String {
    format!("{id}{LOADER}{}", loader.name())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_taken_apart() {
        let check = |id: &str, namespace: &str, path: &str, loader: Option<Loader>| {
            let identity = Identity::of(id);
            assert_eq!(
                (identity.namespace, identity.path, identity.loader),
                (namespace, path, loader),
                "{id}"
            );
        };
        check("/a/b.js", "file", "/a/b.js", None);
        check("/a/b:c.js", "file", "/a/b:c.js", None);
        check("env:x", "env", "x", None);
        check("/a/b.js?loader=text", "file", "/a/b.js", Some(Loader::Text));
        check("/a/b.js?loader=what", "file", "/a/b.js?loader=what", None);
        assert_eq!(id_of("", "/a"), "/a");
        assert_eq!(id_of("env", "x"), "env:x");
        let id = id_with_loader("/a", Loader::File);
        assert_eq!(Identity::of(&id).loader, Some(Loader::File));
    }
}
