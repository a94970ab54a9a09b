//! Settings of the package manager: `.npmrc` files, `bunfig.toml` and environment variables brought
//! together. Never asks the network, and never shows a secret.

mod npmrc;
mod registry;

pub(crate) use npmrc::Npmrc;
pub use registry::RegistryConfig;

use std::path::{Path, PathBuf};

use crust_manifest::{BunConfig, Object, Value};

use crate::error::InstallError;

/// How `node_modules` is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Linker {
    /// One flat tree, as npm's.
    Hoisted,
    /// A store of packages with symbolic links, as pnpm's.
    Isolated,
}

/// Everything that files and the environment say.
#[derive(Debug, Clone)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a setting of its own in the files"
)]
pub struct Config {
    /// Registries and who we are to them.
    pub registries: RegistryConfig,
    /// The folder of the global cache.
    pub cache: PathBuf,
    /// PEM files and texts of authorities to trust instead of the system's.
    pub ca: Vec<Vec<u8>>,
    /// Whether certificates are checked (`strict-ssl`).
    pub strict_tls: bool,
    /// The proxy for `https` and for `http`.
    pub https_proxy: Option<String>,
    /// The proxy for `http`.
    pub http_proxy: Option<String>,
    /// Hosts that are asked without a proxy.
    pub no_proxy: String,
    /// Whether scripts run at all.
    pub ignore_scripts: bool,
    /// Whether `add` saves exact versions.
    pub exact: bool,
    /// Kinds of dependencies that are left out.
    pub omit: Vec<String>,
    /// The layout asked for.
    pub linker: Option<Linker>,
    /// Versions younger than this many seconds are passed over.
    pub minimum_release_age: u64,
    /// Packages to which that does not apply.
    pub minimum_release_age_excludes: Vec<String>,
    /// Whether the lockfile may not change.
    pub frozen_lockfile: bool,
    /// Whether the lockfile is written.
    pub save_lockfile: bool,
    /// Whether nothing is written.
    pub dry_run: bool,
    /// Whether a version of the workspace serves a range of the registry.
    pub link_workspace_packages: bool,
    /// How often a request is repeated.
    pub retries: u32,
    /// Most requests at a time.
    pub network_concurrency: usize,
    /// Whether tarballs are compared with their digests.
    pub verify: bool,
    /// The project that the settings are of.
    root: PathBuf,
    /// The file that is read in place of the project's `bunfig.toml`.
    bunfig: Option<PathBuf>,
}

impl Config {
    /// Reads the settings of the project at `root`.
    pub fn load(root: &Path) -> Result<Self, InstallError> {
        Self::load_with(root, None)
    }

    /// The same settings with `path` in place of the project's `bunfig.toml`.
    pub fn use_bunfig(&mut self, path: &Path) -> Result<(), InstallError> {
        if self.bunfig.as_deref() == Some(path) {
            return Ok(());
        }
        *self = Self::load_with(&self.root, Some(path))?;
        Ok(())
    }

    /// The file that is read in place of the project's `bunfig.toml`, if there is one.
    pub(crate) fn bunfig(&self) -> Option<&Path> {
        self.bunfig.as_deref()
    }

    fn load_with(root: &Path, bunfig: Option<&Path>) -> Result<Self, InstallError> {
        let home = home();
        let mut npmrc = Npmrc::default();
        let user = variable("NPM_CONFIG_USERCONFIG")
            .map(PathBuf::from)
            .or_else(|| home.as_ref().map(|home| home.join(".npmrc")));
        if let Some(user) = user {
            npmrc.read(&user)?;
        }
        npmrc.read(&root.join(".npmrc"))?;
        let mut config = Self::from_npmrc(&npmrc, home.as_deref(), root)?;
        let global = std::env::var_os("XDG_CONFIG_HOME")
            .map(PathBuf::from)
            .or(home)
            .map(|folder| folder.join(".bunfig.toml"));
        let own = bunfig.map_or_else(|| root.join("bunfig.toml"), Path::to_owned);
        for path in global.into_iter().chain([own]) {
            if bunfig == Some(&path) {
                // One that was asked for has to be there.
                std::fs::metadata(&path).map_err(InstallError::io("read", &path))?;
            }
            if path.is_file() {
                let bunfig = BunConfig::read(&path).map_err(InstallError::Manifest)?;
                if let Some(Value::Object(install)) = bunfig.object.get("install") {
                    config.apply_bunfig(install, root)?;
                }
            }
        }
        config.apply_environment()?;
        config.bunfig = bunfig.map(Path::to_owned);
        Ok(config)
    }

    fn from_npmrc(npmrc: &Npmrc, home: Option<&Path>, root: &Path) -> Result<Self, InstallError> {
        let mut ca: Vec<Vec<u8>> = npmrc
            .all("ca")
            .map(|text| text.replace("\\n", "\n").into_bytes())
            .collect();
        if let Some(file) = npmrc.get("cafile") {
            ca.push(read(&root.join(file))?);
        }
        let cache = npmrc
            .get("cache")
            .map_or_else(|| default_cache(home, root), |folder| root.join(folder));
        let omit = npmrc.all("omit").map(ToOwned::to_owned).collect();
        Ok(Self {
            registries: RegistryConfig::from_npmrc(npmrc)?,
            cache,
            ca,
            strict_tls: npmrc.flag("strict-ssl").unwrap_or(true),
            https_proxy: npmrc
                .get("https-proxy")
                .or(npmrc.get("proxy"))
                .map(ToOwned::to_owned),
            http_proxy: npmrc.get("proxy").map(ToOwned::to_owned),
            no_proxy: npmrc.get("noproxy").unwrap_or_default().to_owned(),
            ignore_scripts: npmrc.flag("ignore-scripts").unwrap_or(false),
            exact: npmrc.flag("save-exact").unwrap_or(false),
            omit,
            linker: match npmrc.get("node-linker").or(npmrc.get("install-strategy")) {
                Some("isolated" | "linked" | "pnpm") => Some(Linker::Isolated),
                Some("hoisted" | "node-modules") => Some(Linker::Hoisted),
                _ => None,
            },
            minimum_release_age: 0,
            minimum_release_age_excludes: Vec::new(),
            frozen_lockfile: false,
            save_lockfile: true,
            dry_run: npmrc.flag("dry-run").unwrap_or(false),
            link_workspace_packages: npmrc.flag("link-workspace-packages").unwrap_or(true),
            retries: 5,
            network_concurrency: 64,
            verify: true,
            root: root.to_owned(),
            bunfig: None,
        })
    }

    fn apply_bunfig(&mut self, install: &Object, root: &Path) -> Result<(), InstallError> {
        let flag = |key: &str| match install.get(key) {
            Some(Value::Bool(flag)) => Some(*flag),
            _ => None,
        };
        for (key, kind) in [("dev", "dev"), ("optional", "optional"), ("peer", "peer")] {
            if flag(key) == Some(false) {
                self.omit.push(kind.to_owned());
            }
        }
        if flag("production") == Some(true) {
            self.omit.push("dev".to_owned());
        }
        self.exact = flag("exact").unwrap_or(self.exact);
        self.ignore_scripts = flag("ignoreScripts").unwrap_or(self.ignore_scripts);
        self.frozen_lockfile = flag("frozenLockfile").unwrap_or(self.frozen_lockfile);
        self.dry_run = flag("dryRun").unwrap_or(self.dry_run);
        self.link_workspace_packages =
            flag("linkWorkspacePackages").unwrap_or(self.link_workspace_packages);
        match install.get("linker").and_then(Value::as_str) {
            Some("isolated") => self.linker = Some(Linker::Isolated),
            Some("hoisted") => self.linker = Some(Linker::Hoisted),
            Some(other) => {
                let message =
                    format!("install.linker is \"{other}\", not \"hoisted\" or \"isolated\"");
                return Err(InstallError::Config(message));
            }
            None => {}
        }
        if let Some(Value::Object(lockfile)) = install.get("lockfile")
            && let Some(Value::Bool(save)) = lockfile.get("save")
        {
            self.save_lockfile = *save;
        }
        match install.get("cache") {
            Some(Value::String(folder)) => self.cache = root.join(folder),
            Some(Value::Object(cache)) => {
                if let Some(folder) = cache.get("dir").and_then(Value::as_str) {
                    self.cache = root.join(folder);
                }
            }
            _ => {}
        }
        if let Some(file) = install.get("cafile").and_then(Value::as_str) {
            self.ca = vec![read(&root.join(file))?];
        }
        if let Some(Value::Number(seconds)) = install.get("minimumReleaseAge") {
            self.minimum_release_age = whole(*seconds);
        }
        if let Some(Value::Array(names)) = install.get("minimumReleaseAgeExcludes") {
            let names = names
                .iter()
                .filter_map(Value::as_str)
                .map(ToOwned::to_owned);
            self.minimum_release_age_excludes = names.collect();
        }
        self.registries.apply_bunfig(install)
    }

    fn apply_environment(&mut self) -> Result<(), InstallError> {
        let registry = [
            "BUN_CONFIG_REGISTRY",
            "NPM_CONFIG_REGISTRY",
            "npm_config_registry",
        ]
        .into_iter()
        .find_map(variable);
        if let Some(registry) = registry {
            self.registries.set_default(&registry)?;
        }
        let token = ["BUN_CONFIG_TOKEN", "NPM_CONFIG_TOKEN", "npm_config_token"]
            .into_iter()
            .find_map(variable);
        if let Some(token) = token {
            self.registries.set_default_token(&token);
        }
        if let Some(folder) = variable("BUN_INSTALL_CACHE_DIR") {
            self.cache = PathBuf::from(folder);
        }
        if let Some(count) =
            variable("BUN_CONFIG_HTTP_RETRY_COUNT").and_then(|text| text.parse().ok())
        {
            self.retries = count;
        }
        if variable("NPM_CONFIG_IGNORE_SCRIPTS").is_some_and(|text| text == "true" || text == "1") {
            self.ignore_scripts = true;
        }
        if variable("BUN_CONFIG_NO_VERIFY").is_some_and(|text| text != "0") {
            self.verify = false;
        }
        if variable("BUN_CONFIG_SKIP_SAVE_LOCKFILE").is_some() {
            self.save_lockfile = false;
        }
        for (upper, lower, slot) in [
            ("HTTPS_PROXY", "https_proxy", &mut self.https_proxy),
            ("HTTP_PROXY", "http_proxy", &mut self.http_proxy),
        ] {
            if slot.is_none() {
                *slot = variable(lower).or_else(|| variable(upper));
            }
        }
        if self.no_proxy.is_empty() {
            self.no_proxy = variable("no_proxy")
                .or_else(|| variable("NO_PROXY"))
                .unwrap_or_default();
        }
        Ok(())
    }
}

/// The value of an environment variable that says something.
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// The user's folder.
pub(crate) fn home() -> Option<PathBuf> {
    std::env::var_os("HOME")
        .filter(|home| !home.is_empty())
        .map(PathBuf::from)
}

fn default_cache(home: Option<&Path>, root: &Path) -> PathBuf {
    if let Some(folder) = std::env::var_os("BUN_INSTALL").filter(|folder| !folder.is_empty()) {
        return PathBuf::from(folder).join("install/cache");
    }
    if let Some(folder) = std::env::var_os("XDG_CACHE_HOME").filter(|folder| !folder.is_empty()) {
        return PathBuf::from(folder).join("crust/install");
    }
    match home {
        Some(home) => home.join(".cache/crust/install"),
        None => root.join("node_modules/.crust-cache"),
    }
}

fn read(path: &Path) -> Result<Vec<u8>, InstallError> {
    std::fs::read(path).map_err(InstallError::io("read", path))
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a saturating conversion of a setting is what is wanted"
)]
fn whole(number: f64) -> u64 {
    number.max(0.0) as u64
}
