//! The options of `crust install` and its family, as data. Parsing, help and completions come from here.

use super::option::Heading::Installing;
use super::option::{OptionId, OptionSpec, Scope};

const fn offered(name: &'static str, long: &'static str, help: &'static str) -> OptionSpec {
    OptionSpec::new(OptionId::Install(name), long, Installing, help).scope(Scope::INSTALL)
}

/// An option of Bun whose feature this version does not have: refused by name.
const fn unavailable(long: &'static str) -> OptionSpec {
    OptionSpec::quiet(OptionId::Unavailable, long).scope(Scope::INSTALL)
}

/// An option that asks for what is always the case here.
const fn already_true(long: &'static str) -> OptionSpec {
    OptionSpec::quiet(OptionId::AlreadyTrue, long).scope(Scope::INSTALL)
}

/// What `add` and `update` have in common.
const CHANGING: Scope = Scope::ADDING.and(Scope::UPDATING);

/// What does not install and what does.
const ALL: Scope = Scope::INSTALL.and(Scope::ASKING);

/// The options, in the order of the help. npm's, pnpm's and yarn's spellings are aliases.
#[rustfmt::skip] // One line per option.
pub(super) static INSTALL_OPTIONS: &[OptionSpec] = &[
    offered("dev", "--dev", "Only or into \"devDependencies\"").short('d').aliases(&["-D", "--save-dev", "--development"]).scope(CHANGING),
    offered("optional", "--optional", "Into \"optionalDependencies\"").aliases(&["-O", "--save-optional"]).scope(Scope::ADDING),
    offered("peer", "--peer", "Into \"peerDependencies\"").aliases(&["--save-peer"]).scope(Scope::ADDING),
    offered("save-prod", "--save-prod", "Into \"dependencies\", wherever they are listed now").short('P').scope(Scope::ADDING),
    offered("exact", "--exact", "Write versions, not ranges").short('E').aliases(&["--save-exact"]).scope(CHANGING),
    offered("only-missing", "--only-missing", "Leave what is listed already as it is").scope(Scope::ADDING),
    offered("catalog", "--catalog", "Write ranges into a catalog of the root").optional_value("NAME").scope(Scope::ADDING),
    offered("trust", "--trust", "Run their lifecycle scripts and list them in \"trustedDependencies\"").scope(Scope::ADDING),
    offered("latest", "--latest", "Take the latest versions, whatever the ranges say").short('L').scope(Scope::UPDATING),
    offered("recursive", "--recursive", "Update the manifests of all workspaces").short('r').scope(Scope::UPDATING),
    offered("no-optional", "--no-optional", "Leave optionalDependencies as they are").scope(Scope::UPDATING),
    offered("depth", "--depth", "0 leaves the dependencies of dependencies as they are").value("0").scope(Scope::UPDATING),
    offered("all", "--all", "Also what dependencies depend on; all packages").short('a').scope(Scope::LIST.and(Scope::PM)),
    offered("trusted", "--trusted", "Only packages whose scripts run").scope(Scope::LIST),
    offered("top", "--top", "Only who depends on it directly").scope(Scope::WHY),
    offered("depth", "--depth", "Levels upwards").value("COUNT").scope(Scope::WHY),
    offered("recursive", "--recursive", "Of all workspaces").short('r').scope(Scope::OUTDATED),
    offered("production", "--production", "Without what only development needs").short('p').aliases(&["--prod"]).scope(Scope::LIST.and(Scope::PRUNE).and(Scope::AUDIT).and(Scope::PM)),
    offered("omit", "--omit", "Without what only \"dev\", \"optional\" or \"peer\" dependencies need (repeatable)").value("KIND").scope(Scope::PRUNE.and(Scope::AUDIT)),
    offered("filter", "--filter", "Only packages of the workspace that are meant (repeatable)").short('F').value("PATTERN").scope(Scope::OUTDATED.and(Scope::PRUNE).and(Scope::PM)),
    offered("dev", "--dev", "Only what development needs").scope(Scope::PM),
    offered("long", "--long", "Also author, description and homepage").scope(Scope::PM),
    offered("json", "--json", "Print JSON").scope(Scope::INFO.and(Scope::PM).and(Scope::AUDIT).and(Scope::OUTDATED).and(Scope::LIST)),
    offered("audit-level", "--audit-level", "Only low, moderate, high or critical ones and worse").value("LEVEL").scope(Scope::AUDIT),
    offered("ignore", "--ignore", "An advisory that does not matter, by its name or number (repeatable)").value("ID").scope(Scope::AUDIT),
    offered("latest", "--latest", "Let `audit fix` cross major versions").scope(Scope::AUDIT),
    offered("check", "--check", "Write nothing, and fail where something is to do").scope(Scope::DEDUPING.and(Scope::PRUNE)),
    offered("dry-run", "--dry-run", "Say what would be done, and do nothing").scope(Scope::PRUNE.and(Scope::PACK).and(Scope::PM).and(Scope::AUDIT)),
    offered("destination", "--destination", "Folder of the tarball").value("FOLDER").aliases(&["--pack-destination"]).scope(Scope::PACK),
    offered("filename", "--filename", "Name of the tarball").value("NAME").scope(Scope::PACK),
    offered("gzip-level", "--gzip-level", "0 to 9 (default: 9)").value("LEVEL").scope(Scope::PACK),
    offered("ignore-scripts", "--ignore-scripts", "Run no scripts").scope(Scope::PACK.and(Scope::PM)),
    offered("quiet", "--quiet", "Print the tarball's name only").scope(Scope::PACK),
    offered("access", "--access", "public or restricted").value("ACCESS").scope(Scope::PUBLISHING),
    offered("tag", "--tag", "Tag of the version (default: latest)").value("TAG").scope(Scope::PUBLISHING),
    offered("otp", "--otp", "One-time password").value("CODE").scope(Scope::PUBLISHING),
    offered("tolerate-republish", "--tolerate-republish", "Succeed where the version is published already").scope(Scope::PUBLISHING),
    unavailable("--provenance").scope(Scope::PUBLISHING),
    offered("no-git-tag-version", "--no-git-tag-version", "Make no commit and no tag").scope(Scope::PM),
    offered("allow-same-version", "--allow-same-version", "Allow the version that it has").scope(Scope::PM),
    offered("message", "--message", "Message of the commit; %s is the version").short('m').value("TEXT").scope(Scope::PM),
    offered("preid", "--preid", "Name of prereleases, such as beta").value("NAME").scope(Scope::PM),
    offered("force", "--force", "Go on although it may be a mistake").short('f').scope(Scope::PM.and(Scope::INIT)),
    offered("save", "--save", "Write the link into package.json").scope(Scope::LINKING),
    offered("commit", "--commit", "Make the patch of an edited folder").scope(Scope::PATCHING),
    offered("patches-dir", "--patches-dir", "Folder of patches (default: patches)").value("FOLDER").scope(Scope::PATCHING),
    offered("yes", "--yes", "Ask nothing").short('y').scope(Scope::INIT),
    offered("minimal", "--minimal", "Only package.json and tsconfig.json").short('m').scope(Scope::INIT),
    unavailable("--interactive").short('i').scope(Scope::UPDATING),
    unavailable("--analyze").short('a').scope(Scope::ADDING),
    offered("frozen-lockfile", "--frozen-lockfile", "Fail where the lockfile would change").aliases(&["--immutable"]),
    offered("production", "--production", "Leave devDependencies out").short('p').aliases(&["--prod"]),
    offered("omit", "--omit", "Leave out \"dev\", \"optional\" or \"peer\" dependencies (repeatable)").value("KIND"),
    offered("force", "--force", "Ask the registry again and link everything anew").short('f'),
    offered("lockfile-only", "--lockfile-only", "Write the lockfile and install nothing").aliases(&["--package-lock-only"]),
    offered("dry-run", "--dry-run", "Resolve and write nothing"),
    offered("no-save", "--no-save", "Write neither the lockfile nor package.json"),
    offered("ignore-scripts", "--ignore-scripts", "Run no lifecycle scripts"),
    offered("concurrent-scripts", "--concurrent-scripts", "Most lifecycle scripts at a time (default: twice the processors)").value("COUNT"),
    OptionSpec::new(OptionId::Registry, "--registry", Installing, "Registry to use").value("URL").scope(ALL),
    offered("ca", "--ca", "Certificate of an authority to trust, as PEM (repeatable)").value("PEM").scope(ALL),
    offered("cafile", "--cafile", "File of certificates of authorities to trust").value("FILE").scope(ALL),
    offered("cache-dir", "--cache-dir", "Folder of the cache").value("FOLDER").scope(ALL),
    offered("no-cache", "--no-cache", "Ask the registry for everything anew"),
    offered("offline", "--offline", "Use the cache only"),
    offered("prefer-offline", "--prefer-offline", "Use the cache, however old, before the network"),
    offered("backend", "--backend", "How files are placed: hardlink or copyfile").value("BACKEND"),
    offered("global", "--global", "Of this user's packages, not of a project").short('g').scope(Scope::INSTALL.and(Scope::LIST).and(Scope::WHY).and(Scope::OUTDATED).and(Scope::PM)),
    offered("filter", "--filter", "Packages of the workspace that are meant (repeatable)").short('F').value("PATTERN"),
    offered("linker", "--linker", "Layout of node_modules: hoisted or isolated").value("LINKER"),
    offered("network-concurrency", "--network-concurrency", "Most requests at a time (default: 64)").value("COUNT").scope(ALL),
    offered("cpu", "--cpu", "Processor to install for; * for all (repeatable)").value("NAME"),
    offered("os", "--os", "System to install for; * for all (repeatable)").value("NAME"),
    offered("libc", "--libc", "C library to install for; * for all (repeatable)").value("NAME"),
    offered("minimum-release-age", "--minimum-release-age", "Pass over versions that are younger, as 3d, 12h or seconds").value("AGE").scope(ALL.and(Scope::EXECUTE)),
    offered("minimum-release-age-excludes", "--minimum-release-age-excludes", "Packages to which that does not apply (repeatable)").value("NAMES").scope(ALL.and(Scope::EXECUTE)),
    offered("no-verify", "--no-verify", "Do not compare what is downloaded with its digest"),
    offered("config", "--config", "Read this file in place of bunfig.toml").short('c').value("FILE").scope(ALL),
    offered("no-summary", "--no-summary", "Print no summary"),
    offered("trust-registry", "--trust-registry", "Pin a private project to the registry in use"),
    OptionSpec::new(OptionId::Silent, "--silent", Installing, "Print errors only").aliases(&["--quiet"]).scope(ALL),
    offered("events", "--json", "Print what happens as JSON, an object on each line"),
    offered("no-progress", "--no-progress", "Show no line of progress"),
    offered("verbose", "--verbose", "Show downloads, and the output of all lifecycle scripts"),
    OptionSpec::new(OptionId::WorkingDirectory, "--cwd", Installing, "Change to a directory first").value("DIRECTORY").scope(ALL),
    already_true("--save-text-lockfile"),
    already_true("--save"),
    unavailable("--yarn").short('y'),
];
