//! `bunfig.toml`: the keys of the run-time.

use std::path::Path;

use crust_manifest::BunConfig;

use crate::dir::Dir;

#[test]
fn keys() {
    let text = "preload = [\"./a.ts\"]\nsmol = true\nlogLevel = \"debug\"\nenv = false\njsx = \"react\"\n\
        [define]\n\"process.env.X\" = \"'y'\"\n[loader]\n\".x\" = \"text\"\n[console]\ndepth = 4\n\
        [serve]\nport = 8080\n[run]\nshell = \"system\"\nbun = true\nsilent = false\nelide-lines = 3\n\
        noOrphans = true\n[install]\nexact = true\n";
    let config = BunConfig::parse(text, Path::new("bunfig.toml")).unwrap();
    assert!(config.warnings.is_empty(), "{:?}", config.warnings);
    assert_eq!(config.preload, ["./a.ts"]);
    assert_eq!((config.smol, config.env_files), (Some(true), Some(false)));
    assert_eq!(
        config.define,
        [("process.env.X".to_owned(), "'y'".to_owned())]
    );
    assert_eq!(config.loader, [(".x".to_owned(), "text".to_owned())]);
    assert_eq!(
        (config.console_depth, config.serve_port),
        (Some(4), Some(8080))
    );
    assert_eq!(config.run_shell.as_deref(), Some("system"));
    assert_eq!(
        (config.run_bun, config.run_silent),
        (Some(true), Some(false))
    );
    assert_eq!(
        (config.run_elide_lines, config.run_no_orphans),
        (Some(3), Some(true))
    );
    assert!(config.object.contains_key("install"));
    let config = BunConfig::parse("preload='x'\n[env]\nfile=false", Path::new("b")).unwrap();
    assert_eq!((config.preload.len(), config.env_files), (1, Some(false)));
}

#[test]
fn wrong_types_and_broken_files() {
    let text = "smol = \"yes\"\npreload = [1]\n[serve]\nport = 70000\n[run]\nsilent = 1\n";
    let config = BunConfig::parse(text, Path::new("bunfig.toml")).unwrap();
    let places: Vec<(u32, u32)> = config
        .warnings
        .iter()
        .map(|warning| (warning.line, warning.column))
        .collect();
    assert_eq!(places, [(2, 12), (1, 8), (4, 8), (6, 10)]);
    let problems = BunConfig::parse("smol =\n[run", Path::new("bunfig.toml")).unwrap_err();
    assert_eq!(problems.len(), 2);
    let dir = Dir::new(&[("bunfig.toml", "smol = true"), ("a/x", "")]);
    assert_eq!(BunConfig::find(&dir.0).unwrap().unwrap().smol, Some(true));
    assert!(BunConfig::find(&dir.0.join("a")).is_none());
}
