//! Files appear together, or not at all.

use crate::runs;
use forescale_core::run;
use forescale_report::{Extras, Folder, RequestFormat, write_all};
use std::fs;
use std::io::{self, Write};
use std::path::Path;

/// Names and contents, sorted.
fn contents(dir: &Path) -> Vec<(String, Option<Vec<u8>>)> {
    let entries = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap());
    let mut found: Vec<_> = entries
        .map(|entry| (entry.file_name().to_string_lossy().into_owned(), fs::read(entry.path()).ok()))
        .collect();
    found.sort();
    found
}

#[test]
fn files_are_complete_and_nothing_else_stays() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("new/out");
    let mut config = runs::up_and_down();
    config.record.log_requests = true;
    let record = run(&config).unwrap();
    for _ in 0..2 {
        let extras = Extras {
            requests: Some(RequestFormat::Csv),
            #[cfg(feature = "png")]
            png: false,
        };
        let paths = write_all(&dir, &runs::subject(), &record, extras).unwrap();
        let names: Vec<_> = paths.iter().map(|path| path.file_name().unwrap().to_str().unwrap()).collect();
        assert_eq!(names, ["result.json", "series.csv", "decisions.ndjson", "timeline.svg", "requests.csv"]);
        assert!(
            paths.iter().all(|path| path.parent() == Some(&dir) && fs::metadata(path).unwrap().len() > 0)
        );
        assert_eq!(fs::read_dir(&dir).unwrap().count(), 5);
    }
}

#[test]
fn what_fails_changes_nothing_and_names_the_path() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path();
    let record = run(&runs::up_and_down()).unwrap();
    fs::write(dir.join("result.json"), "old").unwrap();
    fs::create_dir(dir.join("decisions.ndjson")).unwrap();
    let before = contents(dir);
    let error = write_all(dir, &runs::subject(), &record, Extras::default()).unwrap_err();
    assert_eq!(error.path, dir.join("decisions.ndjson"));
    assert!(error.to_string().ends_with("decisions.ndjson: cannot be written: a folder has this name"));
    assert_eq!(contents(dir), before, "a name that is taken by a folder");

    let error =
        write_all(&dir.join("result.json"), &runs::subject(), &record, Extras::default()).unwrap_err();
    assert!(error.to_string().ends_with("result.json: cannot be written: it is a file, not a folder"));
    let below =
        write_all(&dir.join("result.json/a/b"), &runs::subject(), &record, Extras::default()).unwrap_err();
    assert!(below.to_string().contains("result.json/a/b: cannot be written: "), "{below}");
    assert_eq!(contents(dir), before, "a folder that is a file");
}

#[test]
fn a_disk_that_refuses_leaves_no_debris() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("new/out");
    let mut files = Folder::open(&dir).unwrap();
    files.write("whole", |out| out.write_all(b"whole")).unwrap();
    // Larger than any buffer, so that it is the file that takes it, up to where the disk is full.
    let full = files.write("half", |out| {
        out.write_all(&[b'x'; 1 << 20])?;
        Err(io::ErrorKind::StorageFull.into())
    });
    assert_eq!(full.unwrap_err().path, dir.join("half"));
    assert_eq!(fs::read_dir(&dir).unwrap().count(), 2, "two drafts");
    drop(files);
    assert!(contents(folder.path()).is_empty(), "folders that were made go too");

    fs::create_dir_all(&dir).unwrap();
    drop(Folder::open(&dir).unwrap());
    assert!(dir.is_dir(), "a folder that was there stays");
}

/// Whoever can guess the name of a draft cannot have another file overwritten through it.
#[cfg(unix)]
#[test]
fn a_link_in_the_place_of_a_draft_is_not_followed() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path();
    fs::write(dir.join("precious"), "old").unwrap();
    let draft = format!(".new.{}.tmp", std::process::id());
    std::os::unix::fs::symlink(dir.join("precious"), dir.join(draft)).unwrap();
    let mut files = Folder::open(dir).unwrap();
    files.write("new", |out| out.write_all(b"new")).unwrap();
    files.publish().unwrap();
    let expected = [("new", "new"), ("precious", "old")];
    assert_eq!(contents(dir), expected.map(|(name, text)| (name.to_owned(), Some(text.into()))));
}
