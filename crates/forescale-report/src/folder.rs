//! A folder that gets all files of a run, or none.

use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};

/// A file or folder that cannot be written.
#[derive(Debug)]
pub struct FileError {
    /// Its path.
    pub path: PathBuf,
    /// Why.
    pub error: io::Error,
}

impl FileError {
    fn new(path: &Path, error: io::Error) -> Self {
        Self { path: path.to_owned(), error }
    }
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: cannot be written: {}", self.path.display(), self.error)
    }
}

impl std::error::Error for FileError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.error)
    }
}

/// Files on their way into a folder.
///
/// Each is written under another name in the same folder, and they are renamed when all are complete: a reader never meets half a
/// file, and after an error the folder is as it was before. (Should the renaming itself fail half-way, which takes a folder that
/// changes in that moment, some files are new and some old, each of them whole.)
pub struct Folder {
    path: PathBuf,
    /// Folders that did not exist before, the innermost first.
    made: Vec<PathBuf>,
    drafts: Vec<Draft>,
}

/// A complete file that does not have its name yet.
struct Draft {
    draft: PathBuf,
    path: PathBuf,
}

impl Folder {
    /// The folder, made with its parents where it does not exist.
    ///
    /// # Errors
    /// Where it cannot be made, or is no folder.
    pub fn open(path: &Path) -> Result<Self, FileError> {
        let is_missing = |folder: &&Path| !folder.as_os_str().is_empty() && !folder.exists();
        let made: Vec<PathBuf> = path.ancestors().take_while(is_missing).map(Path::to_owned).collect();
        let folder = Self { path: path.to_owned(), made, drafts: Vec::new() };
        match fs::create_dir_all(path) {
            Err(_) if path.exists() && !path.is_dir() => {
                Err(FileError::new(path, io::Error::other("it is a file, not a folder")))
            }
            made => made.map(|()| folder).map_err(|error| FileError::new(path, error)),
        }
    }

    /// Adds a file. It appears with [`publish`](Self::publish).
    ///
    /// # Errors
    /// Where it cannot be written, or its name is taken by a folder.
    pub fn write(
        &mut self,
        name: &str,
        content: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>,
    ) -> Result<(), FileError> {
        let path = self.path.join(name);
        if path.is_dir() {
            return Err(FileError::new(&path, io::Error::other("a folder has this name")));
        }
        // The process's number keeps two runs that write to one folder apart.
        let draft = self.path.join(format!(".{name}.{}.tmp", std::process::id()));
        let file = create(&draft).map_err(|error| FileError::new(&path, error))?;
        self.drafts.push(Draft { draft, path: path.clone() });
        let mut out = BufWriter::new(file);
        content(&mut out).and_then(|()| out.flush()).map_err(|error| FileError::new(&path, error))
    }

    /// Gives all files their names and returns their paths, in the order in which they were added.
    ///
    /// # Errors
    /// Where a file cannot be renamed.
    pub fn publish(mut self) -> Result<Vec<PathBuf>, FileError> {
        for Draft { draft, path } in &self.drafts {
            fs::rename(draft, path).map_err(|error| FileError::new(path, error))?;
            self.made.clear();
        }
        Ok(self.drafts.drain(..).map(|draft| draft.path).collect())
    }
}

/// A new file; one that a killed process with the same number left is in nobody's way, and a link is never followed.
fn create(path: &Path) -> io::Result<File> {
    let mut new = OpenOptions::new();
    new.write(true).create_new(true);
    match new.open(path) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            fs::remove_file(path)?;
            new.open(path)
        }
        opened => opened,
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What was renamed is not there any more, and what cannot be removed does no more harm than what stays.
        for Draft { draft, .. } in &self.drafts {
            fs::remove_file(draft).unwrap_or_default();
        }
        // A folder that holds something is not removed.
        for folder in &self.made {
            fs::remove_dir(folder).unwrap_or_default();
        }
    }
}
