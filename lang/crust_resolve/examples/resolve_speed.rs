//! Times the resolution of 1,000 relative files, cold and warm. It is no test: it asserts nothing.
#![allow(
    clippy::expect_used,
    reason = "a measurement that cannot run has nothing to report"
)]

use std::time::Instant;

use crust_resolve::{ReferrerKind, ResolveOptions, Resolver};

fn main() {
    let root = std::env::temp_dir().join(format!("crust-resolve-speed-{}", std::process::id()));
    let src = root.join("src");
    std::fs::create_dir_all(&src).expect("the directory is created");
    std::fs::write(root.join("package.json"), "{}").expect("the manifest is written");
    for number in 0..1000 {
        std::fs::write(src.join(format!("m{number}.ts")), "").expect("the file is written");
    }
    let src = src.canonicalize().expect("the directory exists");
    for suffix in [".ts", "", ".js"] {
        let resolver = Resolver::new(ResolveOptions::default());
        for pass in ["cold", "warm"] {
            let start = Instant::now();
            for number in 0..1000 {
                let specifier = format!("./m{number}{suffix}");
                let found = resolver.resolve(&specifier, &src, ReferrerKind::Import);
                assert!(found.is_ok(), "{specifier}");
            }
            let elapsed = start.elapsed();
            println!(
                "1,000 x \"./mN{suffix}\" {pass}: {:.2} ms",
                elapsed.as_secs_f64() * 1e3
            );
        }
    }
    std::fs::remove_dir_all(&root).expect("the directory is removed");
}
