//! The state on disk: applications, what is wanted of their instances, and the history of measurements,
//! in one `SQLite` database. Writes are collected and made by a thread of its own.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, params};

use crate::clock::{iso, wall_ms};
use crate::config::AppConfig;
use crate::supervisor::{Environment, Note};

/// Raised when the tables change in a way that older code would misread.
const VERSION: i64 = 1;
/// Writes within this time go to the disk together.
const GATHER: Duration = Duration::from_millis(3);
/// Between two tries to write to a disk that did not take it.
const RETRY: Duration = Duration::from_secs(1);
/// Measurements that wait for the thread; older ones are dropped when the disk is that slow.
const MOST_SAMPLES: usize = 20_000;
/// How long the history goes back.
const HISTORY_MS: u64 = 24 * 3_600_000;
/// How long every measurement is kept.
const FULL_HISTORY_MS: u64 = 2 * 3_600_000;
/// Afterwards, one of so much time.
const THIN_MS: u64 = 300_000;

/// One application as it is stored.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    /// The application's UUID.
    pub(crate) uuid: String,
    /// Its name.
    pub(crate) name: String,
    /// Its configuration.
    pub(crate) config: Arc<AppConfig>,
    /// What it was started from.
    pub(crate) environment: Arc<Environment>,
    /// Its instances, with the key and process id of those that run.
    pub(crate) instances: Vec<(Note, Option<(String, u32)>)>,
}

/// A measurement of one instance.
#[derive(Debug, Clone)]
pub(crate) struct Sample {
    /// The instance's UUID.
    pub(crate) instance: String,
    /// Milliseconds since 1970.
    pub(crate) at: u64,
    /// Per cent of one processor, in hundredths.
    pub(crate) cpu: u32,
    /// Bytes.
    pub(crate) memory: u64,
    /// Starts after the first.
    pub(crate) restarts: u32,
    /// Milliseconds, from the application itself.
    pub(crate) lag: Option<f64>,
    /// Requests a second, from the application itself.
    pub(crate) requests: Option<f64>,
}

#[derive(Default)]
struct Pending {
    rows: HashMap<String, Option<Row>>,
    samples: Vec<Sample>,
    /// Counts the batches asked for and done, so that a flush can wait.
    asked: u64,
    done: u64,
    end: bool,
    problem: Option<String>,
}

/// A handle to the thread that writes.
pub(crate) struct Store {
    shared: Arc<(Mutex<Pending>, Condvar)>,
    thread: Option<std::thread::JoinHandle<()>>,
    path: PathBuf,
}

/// What was found on disk.
#[derive(Debug, Default)]
pub(crate) struct Loaded {
    /// The applications.
    pub(crate) rows: Vec<Row>,
    /// What was wrong with the database, and where it was put.
    pub(crate) problem: Option<String>,
}

impl Store {
    /// Reads what is there. A database that cannot be used is put aside and said so.
    pub(crate) fn load(path: &Path) -> Loaded {
        if !path.exists() {
            return Loaded::default();
        }
        match read(path) {
            Ok(rows) => Loaded {
                rows,
                problem: None,
            },
            Err(error) => {
                let stamp = iso(wall_ms()).replace([':', '.'], "-");
                let aside = path.with_extension(format!("db.{stamp}.aside"));
                let moved = fs::rename(path, &aside);
                for extra in ["-wal", "-shm"] {
                    let from = with_suffix(path, extra);
                    let _ = fs::rename(&from, with_suffix(&aside, extra));
                }
                let place = match moved {
                    Ok(()) => format!("it was put aside as {}", aside.display()),
                    Err(error) => format!("it could not be put aside: {error}"),
                };
                Loaded {
                    rows: Vec::new(),
                    problem: Some(format!("the state is not usable ({error}); {place}")),
                }
            }
        }
    }

    /// Starts the thread. It opens the database at the first write.
    pub(crate) fn start(path: PathBuf) -> std::io::Result<Self> {
        let shared = Arc::new((Mutex::new(Pending::default()), Condvar::new()));
        let (of_thread, file) = (Arc::clone(&shared), path.clone());
        let thread = std::thread::Builder::new()
            .name("state".to_owned())
            .stack_size(256 << 10)
            .spawn(move || write_all(&of_thread, &file))?;
        Ok(Self {
            shared,
            thread: Some(thread),
            path,
        })
    }

    fn lock(&self) -> MutexGuard<'_, Pending> {
        self.shared.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes an application soon.
    pub(crate) fn put(&self, row: Row) {
        self.change(|pending| {
            pending.rows.insert(row.uuid.clone(), Some(row));
        });
    }

    /// Removes an application soon.
    pub(crate) fn erase(&self, uuid: &str) {
        self.change(|pending| {
            pending.rows.insert(uuid.to_owned(), None);
        });
    }

    /// Keeps measurements.
    pub(crate) fn measure(&self, samples: Vec<Sample>) {
        self.change(|pending| {
            pending.samples.extend(samples);
            let surplus = pending.samples.len().saturating_sub(MOST_SAMPLES);
            pending.samples.drain(..surplus);
        });
    }

    fn change(&self, change: impl FnOnce(&mut Pending)) {
        let mut pending = self.lock();
        change(&mut pending);
        pending.asked += 1;
        self.shared.1.notify_all();
    }

    /// What went wrong with the last write.
    pub(crate) fn problem(&self) -> Option<String> {
        self.lock().problem.clone()
    }

    /// Waits until everything is on disk, at most two seconds.
    pub(crate) fn flush(&self) {
        let pending = self.lock();
        let asked = pending.asked;
        let patience = Duration::from_secs(2);
        let _ = self
            .shared
            .1
            .wait_timeout_while(pending, patience, |pending| pending.done < asked);
    }

    /// The measurements of an instance since a time, oldest first.
    pub(crate) fn history(&self, instance: &str, since: u64) -> Vec<Sample> {
        self.flush();
        query_history(&self.path, instance, since).unwrap_or_default()
    }
}

impl Store {
    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Writes everything and ends the thread.
    pub(crate) fn close(&mut self) {
        self.lock().end = true;
        self.shared.1.notify_all();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        self.close();
    }
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

fn write_all(shared: &(Mutex<Pending>, Condvar), path: &Path) {
    let mut connection: Option<Connection> = None;
    loop {
        let pending = shared.0.lock().unwrap_or_else(PoisonError::into_inner);
        let idle = |pending: &mut Pending| pending.done == pending.asked && !pending.end;
        let pending = if pending.problem.is_some() {
            let waited = shared.1.wait_timeout_while(pending, RETRY, idle);
            waited.unwrap_or_else(PoisonError::into_inner).0
        } else {
            let waited = shared.1.wait_while(pending, idle);
            waited.unwrap_or_else(PoisonError::into_inner)
        };
        let end = pending.end;
        drop(pending);
        if !end {
            std::thread::sleep(GATHER);
        }
        let mut pending = shared.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (rows, samples) = (
            std::mem::take(&mut pending.rows),
            std::mem::take(&mut pending.samples),
        );
        let asked = pending.asked;
        drop(pending);
        let result = match connection.take().map_or_else(|| open(path), Ok) {
            Ok(mut open) => {
                let result = write(&mut open, &rows, &samples);
                connection = Some(open);
                result
            }
            Err(error) => Err(error),
        };
        let mut pending = shared.0.lock().unwrap_or_else(PoisonError::into_inner);
        pending.problem = result.as_ref().err().map(ToString::to_string);
        if result.is_err() {
            // Nothing is lost: it is tried again in a second, unless there is a newer one.
            connection = None;
            for (uuid, row) in rows {
                pending.rows.entry(uuid).or_insert(row);
            }
        }
        pending.done = asked;
        shared.1.notify_all();
        if pending.end && pending.done == pending.asked {
            return;
        }
    }
}

fn open(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open(path)?;
    let _ = fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o600));
    connection.busy_timeout(Duration::from_secs(2))?;
    connection.execute_batch(
        "PRAGMA journal_mode = WAL;
         PRAGMA synchronous = NORMAL;
         PRAGMA cache_size = -256;
         CREATE TABLE IF NOT EXISTS environments (hash TEXT PRIMARY KEY, variables TEXT NOT NULL);
         CREATE TABLE IF NOT EXISTS apps (
             uuid TEXT PRIMARY KEY, name TEXT NOT NULL, config TEXT NOT NULL,
             environment TEXT NOT NULL, instances TEXT NOT NULL);
         CREATE TABLE IF NOT EXISTS samples (
             instance TEXT NOT NULL, at INTEGER NOT NULL, cpu INTEGER NOT NULL, memory INTEGER NOT NULL,
             restarts INTEGER NOT NULL, lag REAL, requests REAL, PRIMARY KEY (instance, at)) WITHOUT ROWID;
         CREATE INDEX IF NOT EXISTS samples_at ON samples (at);",
    )?;
    connection.pragma_update(None, "user_version", VERSION)?;
    Ok(connection)
}

fn write(
    connection: &mut Connection,
    rows: &HashMap<String, Option<Row>>,
    samples: &[Sample],
) -> rusqlite::Result<()> {
    let transaction = connection.transaction()?;
    {
        let mut erase = transaction.prepare_cached("DELETE FROM apps WHERE uuid = ?1")?;
        let mut put = transaction.prepare_cached(
            "INSERT OR REPLACE INTO apps (uuid, name, config, environment, instances) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?;
        let mut keep = transaction.prepare_cached(
            "INSERT OR IGNORE INTO environments (hash, variables) VALUES (?1, ?2)",
        )?;
        for (uuid, row) in rows {
            let Some(row) = row else {
                erase.execute(params![uuid])?;
                continue;
            };
            let variables = serde_json::to_string(&*row.environment).unwrap_or_default();
            let hash = crate::random::hex(&<sha2::Sha256 as sha2::Digest>::digest(
                variables.as_bytes(),
            ));
            keep.execute(params![hash, variables])?;
            let instances = serde_json::to_string(&row.instances).unwrap_or_default();
            let config = serde_json::to_string(&*row.config).unwrap_or_default();
            put.execute(params![row.uuid, row.name, config, hash, instances])?;
        }
        let mut measure = transaction.prepare_cached(
            "INSERT OR REPLACE INTO samples (instance, at, cpu, memory, restarts, lag, requests)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?;
        for sample in samples {
            let (at, memory) = (signed(sample.at), signed(sample.memory));
            measure.execute(params![
                sample.instance,
                at,
                sample.cpu,
                memory,
                sample.restarts,
                sample.lag,
                sample.requests
            ])?;
        }
        if !samples.is_empty() {
            thin_out(&transaction)?;
        }
        if rows.values().any(Option::is_none) {
            transaction.execute(
                "DELETE FROM environments WHERE hash NOT IN (SELECT environment FROM apps)",
                [],
            )?;
        }
    }
    transaction.commit()
}

/// A day is kept; of what is older than two hours, one measurement in five minutes.
fn thin_out(transaction: &rusqlite::Transaction<'_>) -> rusqlite::Result<()> {
    let before = |age: u64| signed(wall_ms().saturating_sub(age));
    transaction
        .prepare_cached("DELETE FROM samples WHERE at < ?1")?
        .execute(params![before(HISTORY_MS)])?;
    // Only the rows that have just become old are looked at.
    let (from, to) = (
        before(FULL_HISTORY_MS + 2 * THIN_MS),
        before(FULL_HISTORY_MS),
    );
    transaction
        .prepare_cached(
            "DELETE FROM samples WHERE at >= ?1 AND at < ?2 AND EXISTS (
                 SELECT 1 FROM samples AS other WHERE other.instance = samples.instance
                 AND other.at < samples.at AND other.at / ?3 = samples.at / ?3)",
        )?
        .execute(params![from, to, signed(THIN_MS)])?;
    Ok(())
}

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

#[derive(Debug, thiserror::Error)]
enum LoadError {
    #[error(transparent)]
    Database(#[from] rusqlite::Error),
    #[error("its version is {0}, this program knows {VERSION}")]
    Version(i64),
    #[error("a row is not readable: {0}")]
    Row(#[from] serde_json::Error),
    #[error("{0}")]
    Check(String),
}

fn read(path: &Path) -> Result<Vec<Row>, LoadError> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(Duration::from_secs(2))?;
    let version: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    if version != VERSION {
        return Err(LoadError::Version(version));
    }
    let check: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if check != "ok" {
        return Err(LoadError::Check(check));
    }
    let mut environments: HashMap<String, Arc<Environment>> = HashMap::new();
    let mut statement = connection.prepare("SELECT hash, variables FROM environments")?;
    let mut found = statement.query([])?;
    while let Some(row) = found.next()? {
        let (hash, variables): (String, String) = (row.get(0)?, row.get(1)?);
        environments.insert(hash, Arc::new(serde_json::from_str(&variables)?));
    }
    let mut statement =
        connection.prepare("SELECT uuid, name, config, environment, instances FROM apps")?;
    let mut found = statement.query([])?;
    let mut rows = Vec::new();
    while let Some(row) = found.next()? {
        let (config, hash, instances): (String, String, String) =
            (row.get(2)?, row.get(3)?, row.get(4)?);
        rows.push(Row {
            uuid: row.get(0)?,
            name: row.get(1)?,
            config: Arc::new(serde_json::from_str(&config)?),
            environment: environments.get(&hash).cloned().unwrap_or_default(),
            instances: serde_json::from_str(&instances)?,
        });
    }
    Ok(rows)
}

fn query_history(path: &Path, instance: &str, since: u64) -> rusqlite::Result<Vec<Sample>> {
    let connection = Connection::open_with_flags(path, rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let mut statement = connection.prepare(
        "SELECT at, cpu, memory, restarts, lag, requests FROM samples
         WHERE instance = ?1 AND at >= ?2 ORDER BY at LIMIT 20000",
    )?;
    let rows = statement.query_map(params![instance, signed(since)], |row| {
        Ok(Sample {
            instance: instance.to_owned(),
            at: u64::try_from(row.get::<_, i64>(0)?).unwrap_or(0),
            cpu: row.get(1)?,
            memory: u64::try_from(row.get::<_, i64>(2)?).unwrap_or(0),
            restarts: row.get(3)?,
            lag: row.get(4)?,
            requests: row.get(5)?,
        })
    })?;
    rows.collect()
}
