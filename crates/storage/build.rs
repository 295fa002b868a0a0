//! Rebuilds storage when a migration changes, and hands the hash of all of them to the code.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

fn main() -> io::Result<()> {
    let root = Path::new("../../migrations");
    let mut files = Vec::new();
    collect(root, &mut files)?;
    files.sort();
    let mut hash = Fnv::new();
    for path in &files {
        let name = path.strip_prefix(root).unwrap_or(path).to_string_lossy();
        let content = fs::read(path)?;
        // Lengths keep "ab" + "c" and "a" + "bc" apart.
        hash.add(format!("{}:{}:{name}:", name.len(), content.len()).as_bytes());
        hash.add(&content);
    }
    println!("cargo::rustc-env=LUVHIVE_MIGRATIONS_HASH={:016x}", hash.0);
    Ok(())
}

/// Lists the files below a folder and has cargo watch each folder and file.
fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    println!("cargo::rerun-if-changed={}", folder.display());
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "sql" || extension == "toml") {
            println!("cargo::rerun-if-changed={}", path.display());
            files.push(path);
        }
    }
    Ok(())
}

/// FNV-1a, 64 bits: no crate is needed, and any change of the input changes it.
struct Fnv(u64);

impl Fnv {
    fn new() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }

    fn add(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
}
