//! A folder of its own for a test, in the temporary directory, gone with the value.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

static COUNTER: AtomicU32 = AtomicU32::new(0);

/// A fresh folder that every account may enter; it is removed when the value is dropped.
#[derive(Debug)]
pub struct TestFolder(PathBuf);

impl TestFolder {
    /// Makes the folder.
    ///
    /// # Panics
    /// When the temporary directory cannot be written.
    #[expect(clippy::new_without_default, reason = "it touches the disk: no default value")]
    pub fn new() -> Self {
        use std::os::unix::fs::PermissionsExt;
        let number = COUNTER.fetch_add(1, Ordering::Relaxed);
        let name = format!("luvhive-test-{}-{number}", std::process::id());
        let path = std::env::temp_dir().join(name);
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir(&path).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        Self(path)
    }

    /// The folder's path.
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for TestFolder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
