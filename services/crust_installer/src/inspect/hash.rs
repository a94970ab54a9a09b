//! `pm hash`: the digest of all packages of the lockfile, as Bun computes it.

use aws_lc_rs::digest::{SHA512_256, digest};

use super::{LockedProject, shown_version};
use crate::graph::Resolution;

impl LockedProject {
    /// The text that is hashed: names and versions, sorted.
    pub fn hash_text(&self) -> String {
        let graph = self.graph();
        let mut packages: Vec<(&str, u32)> = (0..)
            .zip(&graph.packages)
            .filter(|(_, package)| {
                !matches!(
                    package.resolution,
                    Resolution::Root | Resolution::Workspace(_)
                )
            })
            .map(|(id, package)| (&*package.name, id))
            .collect();
        packages.sort_by(|left, right| {
            let order = |id: u32| &graph.package(id).resolution;
            left.0
                .cmp(right.0)
                .then_with(|| order(left.1).order(order(right.1)))
        });
        let mut lines = String::new();
        for (name, id) in packages {
            for part in [name, "@", &shown_version(graph, id), "\n"] {
                lines.push_str(part);
            }
        }
        format!(
            "\n-- BEGIN SHA512/256(`${{alphabetize(name)}}@${{order(version)}}`) --\n{lines}-- END HASH--\n"
        )
    }

    /// The digest, in four parts of which the first and third have capital letters.
    pub fn hash(&self) -> String {
        let digest = digest(&SHA512_256, self.hash_text().as_bytes());
        let parts = digest.as_ref().chunks(8).enumerate().map(|(at, part)| {
            let case = if at % 2 == 0 {
                hex_simd::AsciiCase::Upper
            } else {
                hex_simd::AsciiCase::Lower
            };
            hex_simd::encode_to_string(part, case)
        });
        parts.collect::<Vec<_>>().join("-")
    }
}
