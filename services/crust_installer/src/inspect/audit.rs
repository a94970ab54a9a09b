//! `audit`: which packages of the lockfile have known vulnerabilities, as the registry says.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::Method;
use http::header::CONTENT_TYPE;

use super::{LockedProject, shown_version};
use crate::error::InstallError;
use crate::graph::{Behavior, Resolution};
use crate::registry::{Client, Outgoing};
use crate::semver::{Range, Version};

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// `low`, and what has another name.
    Low,
    /// `moderate`
    Moderate,
    /// `high`
    High,
    /// `critical`
    Critical,
}

impl Severity {
    /// Reads the registry's word.
    pub fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "low" | "info" => Self::Low,
            "moderate" => Self::Moderate,
            "high" => Self::High,
            "critical" => Self::Critical,
            _ => return None,
        })
    }

    /// The registry's word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Moderate => "moderate",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

/// A vulnerability of a package of the project.
#[derive(Debug, Clone)]
pub struct Vulnerability {
    /// The package.
    pub package: String,
    /// Its versions in the lockfile that have it.
    pub versions: Vec<String>,
    /// What it is.
    pub title: String,
    /// Where it is described.
    pub url: String,
    /// How bad it is.
    pub severity: Severity,
    /// The versions that have it.
    pub range: String,
    /// Whether the project depends on the package itself.
    pub is_direct: bool,
    /// The registry's own words, as JSON.
    pub source: String,
}

impl LockedProject {
    /// Asks the registry about all packages but those that only the kinds of dependencies in `omit` need.
    pub fn audit(&self, omit: &[String]) -> Result<Vec<Vulnerability>, InstallError> {
        let graph = self.graph();
        let only_omitted = self.only_omitted(omit);
        let mut asked: BTreeMap<&str, Vec<&Version>> = BTreeMap::new();
        for (id, package) in (0..).zip(&graph.packages) {
            if let Resolution::Npm { version, .. } = &package.resolution
                && !only_omitted(id)
            {
                asked.entry(&package.name).or_default().push(version);
            }
        }
        let mut found = Vec::new();
        for (name, advisories) in self.advisories(&asked)? {
            let Some(versions) = asked.get(name.as_str()) else {
                continue;
            };
            let is_direct = self.is_direct(&name);
            for advisory in advisories {
                let text = |key: &str| {
                    advisory
                        .get(key)
                        .and_then(|value| value.as_str())
                        .unwrap_or_default()
                        .to_owned()
                };
                let range = text("vulnerable_versions");
                let parsed = Range::parse(&range);
                let hit: Vec<String> = versions
                    .iter()
                    .filter(|version| {
                        parsed
                            .as_ref()
                            .is_none_or(|range| range.satisfies_with_prereleases(version))
                    })
                    .map(ToString::to_string)
                    .collect();
                if hit.is_empty() {
                    continue;
                }
                found.push(Vulnerability {
                    package: name.clone(),
                    versions: hit,
                    title: text("title"),
                    url: text("url"),
                    severity: Severity::parse(&text("severity")).unwrap_or(Severity::Low),
                    range,
                    is_direct,
                    source: advisory.to_string(),
                });
            }
        }
        Ok(found)
    }

    fn is_direct(&self, name: &str) -> bool {
        let graph = self.graph();
        self.locked.workspaces.iter().any(|own| {
            graph.dependencies_of(own.package).any(|id| {
                let package = graph.resolution(id).map(|package| graph.package(package));
                !graph.dependency(id).behavior.has(Behavior::WORKSPACE)
                    && package.is_some_and(|package| *package.name == *name)
            })
        })
    }

    fn advisories(
        &self,
        asked: &BTreeMap<&str, Vec<&Version>>,
    ) -> Result<BTreeMap<String, Vec<serde_json::Value>>, InstallError> {
        if asked.is_empty() {
            return Ok(BTreeMap::new());
        }
        let body: BTreeMap<&str, Vec<String>> = asked
            .iter()
            .map(|(name, versions)| (*name, versions.iter().map(ToString::to_string).collect()))
            .collect();
        let body = serde_json::to_vec(&body).unwrap_or_default();
        let base = self.config.registries.default_url();
        let mut request = Outgoing::get(&format!("{base}-/npm/v1/security/advisories/bulk"))?
            .header(CONTENT_TYPE, "application/json");
        request.method = Method::POST;
        request.body = Bytes::from(body);
        let client = Client::new(&self.config)?;
        let runtime = crate::runtime()?;
        let answer = runtime.block_on(client.json(&request))?;
        serde_json::from_value(answer).map_err(|error| InstallError::Network {
            url: request.url.to_string(),
            reason: format!("the advisories cannot be read: {error}"),
        })
    }

    /// The versions of a package in the lockfile.
    pub fn versions_of(&self, name: &str) -> Vec<String> {
        let graph = self.graph();
        (0..)
            .zip(&graph.packages)
            .filter(|(_, package)| *package.name == *name)
            .map(|(id, _)| shown_version(graph, id))
            .collect()
    }
}
