//! The world's file: one record a line, appended with plain writes, rewritten whole from time to
//! time. What `write` has taken survives `kill -9`; a torn last line is cut off at the next start.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};

use super::record::Record;
use crate::error::SandboxError;

/// Rewriting is worth it once this much was appended.
const REWRITE_AFTER_BYTES: u64 = 32 * 1024 * 1024;

/// The open file of a world.
#[derive(Debug)]
pub(crate) struct Journal {
    path: PathBuf,
    file: File,
    /// Held for its lock alone.
    _lock: File,
    waiting: Vec<u8>,
    appended: u64,
    is_broken: bool,
}

impl Journal {
    /// Opens the world in `dir` and reads what it holds.
    pub(crate) fn open(dir: &Path) -> Result<(Self, Vec<Record>), SandboxError> {
        let fail = |path: &Path| {
            let path = path.to_owned();
            move |source| SandboxError::File { path, source }
        };
        std::fs::create_dir_all(dir).map_err(fail(dir))?;
        let lock_path = dir.join("world.lock");
        let lock = File::create(&lock_path).map_err(fail(&lock_path))?;
        lock.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => SandboxError::InUse { path: dir.to_owned() },
            TryLockError::Error(source) => SandboxError::File { path: lock_path.clone(), source },
        })?;
        let path = dir.join("world.jsonl");
        let records = read(&path)?;
        let file = OpenOptions::new().create(true).append(true).open(&path).map_err(fail(&path))?;
        let journal = Self { path, file, _lock: lock, waiting: Vec::new(), appended: 0, is_broken: false };
        Ok((journal, records))
    }

    /// Notes a record; [`Self::flush`] writes it.
    pub(crate) fn note(&mut self, record: &Record) {
        if serde_json::to_writer(&mut self.waiting, record).is_ok() {
            self.waiting.push(b'\n');
        }
    }

    /// Hands everything noted to the system. A failure is logged once; the world goes on in memory.
    pub(crate) fn flush(&mut self) {
        if self.waiting.is_empty() {
            return;
        }
        if let Err(error) = self.file.write_all(&self.waiting)
            && !self.is_broken
        {
            self.is_broken = true;
            tracing::error!(%error, "the sandbox cannot write its world; it goes on in memory");
        }
        self.appended += u64::try_from(self.waiting.len()).unwrap_or(0);
        self.waiting.clear();
    }

    /// Whether so much was appended that the file should be rewritten.
    pub(crate) fn has_grown(&self) -> bool {
        self.appended > REWRITE_AFTER_BYTES
    }

    /// Replaces the file by `records`, in one step: a crash leaves the old one or the new one.
    pub(crate) fn rewrite(&mut self, records: impl Iterator<Item = Record>) -> Result<(), SandboxError> {
        let next = self.path.with_extension("next");
        let fail = |source| SandboxError::File { path: next.clone(), source };
        let mut file = File::create(&next).map_err(fail)?;
        let mut buffer = Vec::new();
        for record in records {
            if serde_json::to_writer(&mut buffer, &record).is_ok() {
                buffer.push(b'\n');
            }
            if buffer.len() > 1 << 20 {
                file.write_all(&buffer).map_err(fail)?;
                buffer.clear();
            }
        }
        file.write_all(&buffer).map_err(fail)?;
        std::fs::rename(&next, &self.path).map_err(fail)?;
        self.file = file;
        self.waiting.clear();
        self.appended = 0;
        Ok(())
    }
}

/// Reads all records; cuts a torn last line off the file.
fn read(path: &Path) -> Result<Vec<Record>, SandboxError> {
    let fail = |source| SandboxError::File { path: path.to_owned(), source };
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(fail(error)),
    };
    let mut reader = BufReader::new(file);
    let (mut records, mut line, mut good, mut number) = (Vec::new(), Vec::new(), 0_u64, 0);
    loop {
        line.clear();
        let length = reader.read_until(b'\n', &mut line).map_err(fail)?;
        if length == 0 {
            return Ok(records);
        }
        number += 1;
        match (serde_json::from_slice::<Record>(&line), line.ends_with(b"\n")) {
            (Ok(record), true) => {
                records.push(record);
                good += u64::try_from(length).unwrap_or(0);
            }
            (Err(source), true) => {
                return Err(SandboxError::Corrupt { path: path.to_owned(), line: number, source });
            }
            (_, false) => {
                let file = OpenOptions::new().write(true).open(path).map_err(fail)?;
                file.set_len(good).map_err(fail)?;
                return Ok(records);
            }
        }
    }
}
