//! Paths as a scenario names them: relative to its own folder.

use std::path::{Component, Path, PathBuf};

/// The way from a folder to a file, both of which exist; as it is given where there is none.
pub(super) fn relative(folder: &Path, file: &Path) -> PathBuf {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    match (folder.canonicalize(), file.canonicalize()) {
        (Ok(folder), Ok(file)) => between(&folder, &file),
        _ => file.to_owned(),
    }
}

fn between(folder: &Path, file: &Path) -> PathBuf {
    let (from, to): (Vec<Component<'_>>, Vec<Component<'_>>) =
        (folder.components().collect(), file.components().collect());
    let common = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    // Two drives have nothing in common.
    if common == 0 {
        return file.to_owned();
    }
    let up = from.iter().skip(common).map(|_| Component::ParentDir);
    up.chain(to.iter().skip(common).copied()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn up_and_down() {
        for (folder, file, way) in [
            ("/a/b", "/a/b/c/d.yaml", "c/d.yaml"),
            ("/a/b", "/a/c.yaml", "../c.yaml"),
            ("/a/b/c", "/x/y.yaml", "../../../x/y.yaml"),
        ] {
            assert_eq!(between(Path::new(folder), Path::new(file)), Path::new(way));
        }
    }
}
