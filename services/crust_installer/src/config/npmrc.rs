//! `.npmrc`: lines of `key = value`, with `${VARIABLE}` replaced. Never judges a key: who needs one
//! asks for it.

use std::path::Path;

use crate::error::InstallError;

/// The largest `.npmrc` that is read: written by people, a few lines; certificates make it some 100 KB.
const SIZE_LIMIT: u64 = 4 << 20;

/// The lines of one or more files; later ones win.
#[derive(Debug, Clone, Default)]
pub(crate) struct Npmrc {
    lines: Vec<(String, String)>,
}

impl Npmrc {
    /// Adds the lines of a file; a missing one has none.
    pub(crate) fn read(&mut self, path: &Path) -> Result<(), InstallError> {
        match std::fs::metadata(path) {
            Ok(found) if found.len() > SIZE_LIMIT => {
                let message = format!("{} is larger than {SIZE_LIMIT} bytes", path.display());
                return Err(InstallError::Config(message));
            }
            Ok(found) if found.is_file() => {}
            _ => return Ok(()),
        }
        let text = std::fs::read(path).map_err(InstallError::io("read", path))?;
        self.parse(&String::from_utf8_lossy(&text), |name| {
            std::env::var(name).ok()
        });
        Ok(())
    }

    /// Adds the lines of `text`.
    pub(crate) fn parse(&mut self, text: &str, variable: impl Fn(&str) -> Option<String>) {
        for line in text.lines() {
            let line = line.trim();
            if line.is_empty() || line.starts_with(['#', ';', '[']) {
                continue;
            }
            let (key, value) = line.split_once('=').unwrap_or((line, "true"));
            let key = expand(key.trim(), &variable);
            let value = expand(unquote(strip_comment(value.trim())), &variable);
            self.lines.push((key, value));
        }
    }

    /// The value given last.
    pub(crate) fn get(&self, key: &str) -> Option<&str> {
        let found = self.lines.iter().rev();
        found
            .filter(|(name, _)| name.strip_suffix("[]").unwrap_or(name) == key)
            .map(|(_, value)| value.as_str())
            .next()
    }

    /// All values of `key` and `key[]`.
    pub(crate) fn all<'a>(&'a self, key: &'a str) -> impl Iterator<Item = &'a str> {
        self.lines
            .iter()
            .filter(move |(name, _)| name.strip_suffix("[]").unwrap_or(name) == key)
            .map(|(_, value)| value.as_str())
    }

    /// A value of `true` or `false`.
    pub(crate) fn flag(&self, key: &str) -> Option<bool> {
        match self.get(key)? {
            "true" | "" => Some(true),
            "false" => Some(false),
            _ => None,
        }
    }

    /// Every line.
    pub(crate) fn lines(&self) -> impl Iterator<Item = (&str, &str)> {
        self.lines
            .iter()
            .map(|(key, value)| (key.as_str(), value.as_str()))
    }
}

/// A comment begins at a space followed by a mark, so that values may contain the marks.
fn strip_comment(value: &str) -> &str {
    let end = [" #", " ;"]
        .iter()
        .filter_map(|mark| value.find(mark))
        .min();
    end.map_or(value, |end| value[..end].trim_end())
}

fn unquote(value: &str) -> &str {
    for quote in ['"', '\''] {
        if let Some(inner) = value
            .strip_prefix(quote)
            .and_then(|rest| rest.strip_suffix(quote))
        {
            return inner;
        }
    }
    value
}

/// Replaces `${NAME}`, which stays as it is where there is no such variable, and `${NAME?}`, which
/// becomes nothing.
fn expand(text: &str, variable: &impl Fn(&str) -> Option<String>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find("${") {
        let Some(length) = rest[start..].find('}') else {
            break;
        };
        let whole = &rest[start..=start + length];
        let name = &whole[2..whole.len() - 1];
        let escaped = rest[..start].ends_with('\\');
        out.push_str(&rest[..start - usize::from(escaped)]);
        match name.strip_suffix('?') {
            _ if escaped => out.push_str(whole),
            Some(name) => out.push_str(&variable(name).unwrap_or_default()),
            None => out.push_str(variable(name).as_deref().unwrap_or(whole)),
        }
        rest = &rest[start + length + 1..];
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::Npmrc;

    #[test]
    fn lines() {
        let mut npmrc = Npmrc::default();
        let text = "# note\n a = b \nempty=\nflag\n//h/:_authToken=${TOKEN}\nx=\"${NO}${NO?}\"\n\
                    ca[]=1\nca[]=2\ny=\\${TOKEN} ; note\n";
        npmrc.parse(text, |name| (name == "TOKEN").then(|| "s3".to_owned()));
        assert_eq!(npmrc.get("a"), Some("b"));
        assert_eq!(npmrc.flag("flag"), Some(true));
        assert_eq!(npmrc.get("//h/:_authToken"), Some("s3"));
        assert_eq!(npmrc.get("x"), Some("${NO}"));
        assert_eq!(npmrc.get("y"), Some("${TOKEN}"));
        assert_eq!(npmrc.all("ca").collect::<Vec<_>>(), ["1", "2"]);
    }
}
