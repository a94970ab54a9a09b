//! Whether a package is for this system: `os`, `cpu` and `libc`. Never guesses from a name.

use std::sync::Arc;

use crate::graph::Meta;

/// The systems that packages are installed for.
#[derive(Debug, Clone)]
pub struct Platform {
    /// `process.platform` names; `*` is any.
    pub os: Vec<String>,
    /// `process.arch` names.
    pub cpu: Vec<String>,
    /// `glibc` or `musl`.
    pub libc: Vec<String>,
}

impl Default for Platform {
    fn default() -> Self {
        let os = match std::env::consts::OS {
            "macos" => "darwin",
            "windows" => "win32",
            other => other,
        };
        let cpu = match std::env::consts::ARCH {
            "x86_64" => "x64",
            "aarch64" => "arm64",
            "x86" => "ia32",
            other => other,
        };
        let libc = if cfg!(target_env = "musl") {
            "musl"
        } else {
            "glibc"
        };
        Self {
            os: vec![os.to_owned()],
            cpu: vec![cpu.to_owned()],
            libc: vec![libc.to_owned()],
        }
    }
}

impl Platform {
    /// Whether a package with this metadata belongs here.
    pub fn fits(&self, meta: &Meta) -> bool {
        let libc_applies = self.os.iter().any(|os| os == "linux" || os == "*");
        accepts(&meta.os, &self.os)
            && accepts(&meta.cpu, &self.cpu)
            && (!libc_applies || accepts(&meta.libc, &self.libc))
    }
}

/// Whether one of `ours` is in a list where `!` excludes.
fn accepts(list: &[Arc<str>], ours: &[String]) -> bool {
    if list.is_empty() {
        return true;
    }
    ours.iter().any(|name| {
        if name == "*" {
            return true;
        }
        if list
            .iter()
            .any(|entry| entry.strip_prefix('!') == Some(name))
        {
            return false;
        }
        let only_excludes = list.iter().all(|entry| entry.starts_with('!'));
        only_excludes
            || list
                .iter()
                .any(|entry| **entry == **name || &**entry == "any")
    })
}

#[cfg(test)]
mod tests {
    use super::accepts;

    #[test]
    fn lists() {
        let ours = ["linux".to_owned()];
        for (list, expected) in [
            (&[][..], true),
            (&["linux"], true),
            (&["darwin"], false),
            (&["!win32"], true),
            (&["!linux"], false),
            (&["darwin", "linux"], true),
        ] {
            let list: Vec<_> = list.iter().map(|&name| name.into()).collect();
            assert_eq!(accepts(&list, &ours), expected);
        }
    }
}
