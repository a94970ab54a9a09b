//! Dependency specifiers: what stands to the right of a name in `package.json`. Never resolves one.

use std::sync::Arc;

use crate::semver::Range;

/// What a dependency asks for.
#[derive(Debug, Clone)]
pub(crate) enum Spec {
    /// A range of versions of a package of the registry, which may differ from the dependency's name.
    Npm {
        /// The package's own name.
        name: Arc<str>,
        /// The range.
        range: Range,
        /// The range as written.
        text: Arc<str>,
    },
    /// A tag of the registry.
    Tag {
        /// The package's own name.
        name: Arc<str>,
        /// The tag.
        tag: Arc<str>,
    },
    /// `workspace:`; what follows the colon.
    Workspace(Arc<str>),
    /// `catalog:`; what follows the colon.
    Catalog(Arc<str>),
    /// A folder, as written without `file:`.
    Folder(Arc<str>),
    /// `link:`; the name of a linked package or a path.
    Link(Arc<str>),
    /// A tarball on disk, as written without `file:`.
    LocalTarball(Arc<str>),
    /// A tarball somewhere on the network.
    RemoteTarball(Arc<str>),
    /// A git repository, by its URL, and the branch, tag or commit after `#`.
    Git {
        /// What `git clone` takes.
        url: Arc<str>,
        /// What follows `#`.
        committish: Arc<str>,
    },
    /// A repository on GitHub.
    Github {
        /// `owner/repository`.
        repository: Arc<str>,
        /// What follows `#`.
        committish: Arc<str>,
    },
}

impl Spec {
    /// Reads the specifier `text` of the dependency `name`.
    pub(crate) fn parse(name: &str, text: &str) -> Self {
        let text = text.trim();
        if let Some(rest) = text.strip_prefix("npm:") {
            return alias(name, rest);
        }
        for (prefix, make) in PREFIXES {
            if let Some(rest) = text.strip_prefix(prefix) {
                return make(rest);
            }
        }
        if let Some(rest) = text.strip_prefix("file:") {
            return local(rest.strip_prefix("//").unwrap_or(rest));
        }
        if let Some(spec) = remote(text) {
            return spec;
        }
        let is_path = text.starts_with("./")
            || text.starts_with("../")
            || text.starts_with('/')
            || text.starts_with("~/")
            || text == "."
            || text == "..";
        if is_path || is_tarball(text) {
            return local(text);
        }
        registry(name, text)
    }

    /// The name of the registry's package, where there is one.
    pub(crate) fn registry_name(&self) -> Option<&Arc<str>> {
        match self {
            Self::Npm { name, .. } | Self::Tag { name, .. } => Some(name),
            _ => None,
        }
    }
}

type Make = fn(&str) -> Spec;

static PREFIXES: [(&str, Make); 5] = [
    ("workspace:", |rest| Spec::Workspace(rest.into())),
    ("catalog:", |rest| Spec::Catalog(rest.trim().into())),
    ("link:", |rest| Spec::Link(rest.into())),
    ("portal:", |rest| Spec::Folder(rest.into())),
    ("github:", |rest| {
        let (repository, committish) = split_committish(rest);
        Spec::Github {
            repository: repository.trim_end_matches(".git").into(),
            committish: committish.into(),
        }
    }),
];

/// A range or a tag of a package of the registry.
fn registry(name: &str, text: &str) -> Spec {
    match Range::parse(text) {
        Some(range) => Spec::Npm {
            name: name.into(),
            range,
            text: text.into(),
        },
        None => Spec::Tag {
            name: name.into(),
            tag: text.into(),
        },
    }
}

/// `npm:name@range`, or `npm:range` of the same name.
fn alias(name: &str, rest: &str) -> Spec {
    let at = rest
        .char_indices()
        .skip(1)
        .find(|&(_, letter)| letter == '@')
        .map(|(at, _)| at);
    match at {
        Some(at) => registry(&rest[..at], &rest[at + 1..]),
        None if rest
            .starts_with(|first: char| first.is_ascii_digit() || "^~<>=*".contains(first)) =>
        {
            registry(name, rest)
        }
        None => registry(rest, ""),
    }
}

fn local(path: &str) -> Spec {
    if is_tarball(path) {
        Spec::LocalTarball(path.into())
    } else {
        Spec::Folder(path.into())
    }
}

fn is_tarball(text: &str) -> bool {
    // npm's own endings, in the case they are published with.
    [".tgz", ".tar.gz", ".tar"]
        .iter()
        .any(|ending| text.strip_suffix(ending).is_some())
}

fn split_committish(text: &str) -> (&str, &str) {
    text.split_once('#').unwrap_or((text, ""))
}

fn git(url: &str) -> Spec {
    let (url, committish) = split_committish(url);
    Spec::Git {
        url: url.into(),
        committish: committish.into(),
    }
}

/// A URL, or `owner/repository`.
fn remote(text: &str) -> Option<Spec> {
    for prefix in [
        "git+ssh://",
        "git+https://",
        "git+http://",
        "git+file://",
        "git://",
        "ssh://",
    ] {
        if text.starts_with(prefix) {
            return Some(git(text));
        }
    }
    if text.starts_with("git@") && text.contains(':') {
        return Some(git(text));
    }
    if let Some(rest) = text
        .strip_prefix("http://")
        .or_else(|| text.strip_prefix("https://"))
    {
        let (path, committish) = split_committish(rest);
        if path.strip_suffix(".git").is_some() || (!committish.is_empty() && !is_tarball(path)) {
            return Some(git(text));
        }
        return Some(Spec::RemoteTarball(text.into()));
    }
    let (repository, committish) = split_committish(text);
    let mut parts = repository.split('/');
    let plain = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
    };
    let (owner, name, rest) = (parts.next()?, parts.next()?, parts.next());
    let is_github = rest.is_none()
        && plain(owner)
        && plain(name)
        && !owner.starts_with('.')
        && !is_tarball(repository);
    is_github.then(|| Spec::Github {
        repository: repository.trim_end_matches(".git").into(),
        committish: committish.into(),
    })
}

#[cfg(test)]
mod tests {
    use super::Spec;

    fn shape(text: &str) -> String {
        match Spec::parse("dep", text) {
            Spec::Npm { name, text, .. } => format!("npm {name} {text}"),
            Spec::Tag { name, tag } => format!("tag {name} {tag}"),
            Spec::Workspace(rest) => format!("workspace {rest}"),
            Spec::Catalog(rest) => format!("catalog {rest}"),
            Spec::Folder(path) => format!("folder {path}"),
            Spec::Link(path) => format!("link {path}"),
            Spec::LocalTarball(path) => format!("tarball {path}"),
            Spec::RemoteTarball(url) => format!("remote {url}"),
            Spec::Git { url, committish } => format!("git {url} {committish}"),
            Spec::Github {
                repository,
                committish,
            } => format!("github {repository} {committish}"),
        }
    }

    #[test]
    fn forms() {
        for (text, expected) in [
            ("^1.2.3", "npm dep ^1.2.3"),
            ("", "npm dep "),
            ("latest", "tag dep latest"),
            ("npm:other@1", "npm other 1"),
            ("npm:@scope/other@next", "tag @scope/other next"),
            ("npm:@scope/other", "npm @scope/other "),
            ("npm:^3.0.0", "npm dep ^3.0.0"),
            ("workspace:^", "workspace ^"),
            ("catalog:", "catalog "),
            ("catalog:react", "catalog react"),
            ("file:../a", "folder ../a"),
            ("./a.tgz", "tarball ./a.tgz"),
            ("link:../a", "link ../a"),
            ("http://host/a.tgz", "remote http://host/a.tgz"),
            ("owner/name", "github owner/name "),
            ("owner/name#main", "github owner/name main"),
            ("github:owner/name#v1", "github owner/name v1"),
            (
                "git+ssh://git@host/a.git#v1",
                "git git+ssh://git@host/a.git v1",
            ),
            ("https://host/a.git", "git https://host/a.git "),
        ] {
            assert_eq!(shape(text), expected, "{text}");
        }
    }
}
