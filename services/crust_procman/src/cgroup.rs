//! Limits that the kernel holds: a control group for each process that has one, of version 2 where it is delegated to
//! us, else of version 1. It creates, fills and removes groups below its own; where that is not allowed there are none,
//! and limits are held by looking.

use std::collections::HashSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

/// What a process and its descendants may use together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Limits {
    /// Bytes.
    pub(crate) memory: Option<u64>,
    /// Per cent of one processor.
    pub(crate) cpu: Option<u32>,
    /// Processes and threads.
    pub(crate) processes: Option<u32>,
}

impl Limits {
    pub(crate) fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Where our groups are.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Base {
    None,
    /// One folder for everything.
    Unified(PathBuf),
    /// A folder for each controller: memory, cpu, pids.
    Separate([Option<PathBuf>; 3]),
}

/// The groups of one process manager.
#[derive(Debug)]
pub(crate) struct Cgroups {
    base: Base,
    /// Processes that have groups: others cost no look at the file system.
    keys: HashSet<String>,
}

/// The period of processor shares, in microseconds.
const PERIOD: u64 = 100_000;
/// Controllers of version 1, in the order of [`Base::Separate`].
const CONTROLLERS: [&str; 3] = ["memory", "cpu", "pids"];

impl Cgroups {
    /// Looks where groups can be made. `home` keeps managers apart.
    pub(crate) fn find(home: &Path) -> Self {
        let digest = crate::random::hex(&Sha256::digest(home.as_os_str().as_encoded_bytes()));
        let name = format!("crust-pm-{}", digest.get(..8).unwrap_or_default());
        let own = fs::read_to_string("/proc/self/cgroup").unwrap_or_default();
        let mounts = fs::read_to_string("/proc/self/mounts").unwrap_or_default();
        let base = unified(&own, &mounts, &name)
            .or_else(|| separate(&own, &mounts, &name))
            .unwrap_or(Base::None);
        Self {
            base,
            keys: HashSet::new(),
        }
    }

    /// Looks whether a process that another daemon has started has groups.
    pub(crate) fn adopt(&mut self, key: &str) {
        if self.folders(key).iter().any(|folder| folder.is_dir()) {
            self.keys.insert(key.to_owned());
        }
    }

    /// The folders of a new group with these limits; a process belongs to it when its number is in the
    /// `cgroup.procs` of each. None without groups, or where the kernel refuses.
    pub(crate) fn make(&mut self, key: &str, limits: &Limits) -> Vec<PathBuf> {
        let folders = self.folders(key);
        self.keys.insert(key.to_owned());
        let made = folders
            .iter()
            .try_for_each(|folder| match fs::create_dir(folder) {
                Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
                _ => Ok(()),
            });
        if !folders.is_empty() && made.and_then(|()| self.limit(key, limits)).is_ok() {
            return folders;
        }
        self.remove(key);
        Vec::new()
    }

    fn folders(&self, key: &str) -> Vec<PathBuf> {
        match &self.base {
            Base::None => Vec::new(),
            Base::Unified(base) => vec![base.join(key)],
            Base::Separate(bases) => bases.iter().flatten().map(|base| base.join(key)).collect(),
        }
    }

    fn limit(&self, key: &str, limits: &Limits) -> io::Result<()> {
        let share = |cpu: u32| u64::from(cpu) * PERIOD / 100;
        match &self.base {
            Base::None => Ok(()),
            Base::Unified(base) => {
                let folder = base.join(key);
                if let Some(memory) = limits.memory {
                    fs::write(folder.join("memory.max"), memory.to_string())?;
                    // The program ends as a whole, as it would by a signal of ours, not one descendant by chance.
                    let _ = fs::write(folder.join("memory.oom.group"), "1");
                }
                if let Some(cpu) = limits.cpu {
                    fs::write(folder.join("cpu.max"), format!("{} {PERIOD}", share(cpu)))?;
                }
                if let Some(processes) = limits.processes {
                    fs::write(folder.join("pids.max"), processes.to_string())?;
                }
                Ok(())
            }
            Base::Separate([memory, cpu, pids]) => {
                let set = |base: &Option<PathBuf>, file: &str, value: String| match base {
                    Some(base) => fs::write(base.join(key).join(file), value),
                    None => Err(io::ErrorKind::Unsupported.into()),
                };
                if let Some(limit) = limits.memory {
                    set(memory, "memory.limit_in_bytes", limit.to_string())?;
                }
                if let Some(limit) = limits.cpu {
                    set(cpu, "cpu.cfs_period_us", PERIOD.to_string())?;
                    set(cpu, "cpu.cfs_quota_us", share(limit).to_string())?;
                }
                if let Some(limit) = limits.processes {
                    set(pids, "pids.max", limit.to_string())?;
                }
                Ok(())
            }
        }
    }

    /// Whether a process has a group.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.keys.contains(key)
    }

    /// Whether the kernel killed something in the group because it reached its memory.
    pub(crate) fn ran_out_of_memory(&self, key: &str) -> bool {
        if !self.has(key) {
            return false;
        }
        let file = match &self.base {
            Base::Unified(base) => base.join(key).join("memory.events"),
            Base::Separate([Some(base), ..]) => base.join(key).join("memory.oom_control"),
            _ => return false,
        };
        let text = fs::read_to_string(file).unwrap_or_default();
        let count = text.lines().find_map(|line| line.strip_prefix("oom_kill "));
        count.is_some_and(|count| count.trim() != "0")
    }

    /// Removes the group of a process that has ended. One that is not empty stays, and does no harm.
    pub(crate) fn remove(&mut self, key: &str) {
        if !self.keys.remove(key) {
            return;
        }
        for folder in self.folders(key) {
            let _ = fs::remove_dir(folder);
        }
    }
}

/// Version 2, where the group we are in is ours alone and has the controllers.
fn unified(own: &str, mounts: &str, name: &str) -> Option<Base> {
    let path = own.lines().find_map(|line| line.strip_prefix("0::"))?;
    let mount = mount_of(mounts, |kind, _| kind == "cgroup2")?;
    let here = mount.join(path.trim_start_matches('/'));
    // A daemon before us has moved into the leaf.
    let here = match here.file_name() {
        Some(leaf) if leaf == "crust-pm.daemon" => here.parent()?.to_owned(),
        _ => here,
    };
    let controllers = fs::read_to_string(here.join("cgroup.controllers")).ok()?;
    if !["memory", "cpu", "pids"]
        .iter()
        .all(|wanted| controllers.split_whitespace().any(|have| have == *wanted))
    {
        return None;
    }
    let control = here.join("cgroup.subtree_control");
    let enable = || fs::write(&control, "+memory +cpu +pids");
    if enable().is_err() {
        // Processes may only be in leaves: we and ours move into one, if nobody else is here.
        let inside = fs::read_to_string(here.join("cgroup.procs")).ok()?;
        let ours = |pid: &str| pid.parse().is_ok_and(is_ours);
        if !inside.split_whitespace().all(ours) {
            return None;
        }
        let leaf = here.join("crust-pm.daemon");
        let _ = fs::create_dir(&leaf);
        for pid in inside.split_whitespace() {
            fs::write(leaf.join("cgroup.procs"), pid).ok()?;
        }
        enable().ok()?;
    }
    let base = here.join(name);
    let _ = fs::create_dir(&base);
    fs::write(base.join("cgroup.subtree_control"), "+memory +cpu +pids").ok()?;
    Some(Base::Unified(base))
}

/// The daemon itself, and its holder.
fn is_ours(pid: u32) -> bool {
    let line = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    let words: Vec<&[u8]> = line.split(|byte| *byte == 0).collect();
    pid == std::process::id() || words.get(1..3) == Some(&[b"proc", b"holder"])
}

/// Version 1, for the controllers below whose group we may make one.
fn separate(own: &str, mounts: &str, name: &str) -> Option<Base> {
    let bases = CONTROLLERS.map(|controller| {
        let has = |list: &str| list.split(',').any(|one| one == controller);
        let path = own.lines().find_map(|line| {
            let mut fields = line.splitn(3, ':').skip(1);
            let (list, path) = (fields.next()?, fields.next()?);
            has(list).then_some(path)
        })?;
        let mount = mount_of(mounts, |kind, options| kind == "cgroup" && has(options))?;
        let base = mount.join(path.trim_start_matches('/')).join(name);
        match fs::create_dir(&base) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => None,
            _ => Some(base),
        }
    });
    bases
        .iter()
        .any(Option::is_some)
        .then_some(Base::Separate(bases))
}

/// The place of the first mount whose type and options fit.
fn mount_of(mounts: &str, fits: impl Fn(&str, &str) -> bool) -> Option<PathBuf> {
    mounts.lines().find_map(|line| {
        let fields: Vec<&str> = line.split(' ').collect();
        let [_, place, kind, options, ..] = fields.as_slice() else {
            return None;
        };
        fits(kind, options).then(|| PathBuf::from(place))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn mounts_are_found_by_controller() {
        let mounts = "tmpfs /sys/fs/cgroup tmpfs rw 0 0\ncgroup /sys/fs/cgroup/cpu,cpuacct cgroup rw,relatime,cpu,cpuacct 0 0\ncgroup2 /sys/fs/cgroup/unified cgroup2 rw 0 0\n";
        let found = mount_of(mounts, |kind, options| {
            kind == "cgroup" && options.split(',').any(|one| one == "cpu")
        });
        assert_eq!(found, Some(PathBuf::from("/sys/fs/cgroup/cpu,cpuacct")));
        assert_eq!(
            mount_of(mounts, |kind, _| kind == "cgroup2"),
            Some(PathBuf::from("/sys/fs/cgroup/unified"))
        );
    }

    /// A folder that looks like the kernel's version 2, where files keep what is written to them.
    fn tree(name: &str, controllers: &str) -> (PathBuf, String) {
        let folder =
            std::env::temp_dir().join(format!("procman-cgroup-{}-{name}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        let own = folder.join("unit");
        fs::create_dir_all(&own).unwrap();
        fs::write(own.join("cgroup.controllers"), controllers).unwrap();
        let mounts = format!(
            "proc /proc proc rw 0 0\ncgroup2 {} cgroup2 rw 0 0\n",
            folder.display()
        );
        (folder, mounts)
    }

    #[test]
    fn version_2_is_written_as_the_kernel_reads_it() {
        let (folder, mounts) = tree("whole", "cpuset cpu io memory pids\n");
        let base = unified("0::/unit\n", &mounts, "crust-pm-x").unwrap();
        let read = |path: &str| fs::read_to_string(folder.join("unit").join(path)).unwrap();
        assert_eq!(read("cgroup.subtree_control"), "+memory +cpu +pids");
        assert_eq!(
            read("crust-pm-x/cgroup.subtree_control"),
            "+memory +cpu +pids"
        );
        let mut groups = Cgroups {
            base,
            keys: HashSet::new(),
        };
        let limits = Limits {
            memory: Some(1 << 20),
            cpu: Some(150),
            processes: Some(7),
        };
        assert_eq!(
            groups.make("key", &limits),
            [folder.join("unit/crust-pm-x/key")]
        );
        assert_eq!(read("crust-pm-x/key/memory.max"), "1048576");
        assert_eq!(read("crust-pm-x/key/memory.oom.group"), "1");
        assert_eq!(read("crust-pm-x/key/cpu.max"), "150000 100000");
        assert_eq!(read("crust-pm-x/key/pids.max"), "7");
        assert!(groups.has("key") && !groups.ran_out_of_memory("key"));
        fs::write(
            folder.join("unit/crust-pm-x/key/memory.events"),
            "low 0\noom 2\noom_kill 1\n",
        )
        .unwrap();
        assert!(groups.ran_out_of_memory("key"));
        // The next daemon finds the groups that are there.
        let mut next = Cgroups {
            base: groups.base.clone(),
            keys: HashSet::new(),
        };
        next.adopt("key");
        next.adopt("other");
        assert!(next.has("key") && next.ran_out_of_memory("key") && !next.has("other"));
        groups.remove("key");
        assert!(!groups.has("key") && !groups.ran_out_of_memory("key"));
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn version_2_without_its_controllers_is_not_taken() {
        let (folder, mounts) = tree("part", "hugetlb\n");
        assert!(unified("0::/unit\n", &mounts, "x").is_none());
        assert!(unified("8:pids:/\n", &mounts, "x").is_none());
        assert!(unified("0::/gone\n", &mounts, "x").is_none());
        assert!(!folder.join("unit/cgroup.subtree_control").exists());
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn without_groups_nothing_is_made() {
        let mut none = Cgroups {
            base: Base::None,
            keys: HashSet::new(),
        };
        assert!(none.make("x", &Limits::default()).is_empty());
        assert!(!none.has("x") && !none.ran_out_of_memory("x"));
        none.remove("x");
    }

    proptest! {
        #[test]
        fn any_text_of_the_kernel_is_read(text in "[a-z0-9:/, \n]{0,200}") {
            let _ = mount_of(&text, |_, _| true);
        }
    }
}
