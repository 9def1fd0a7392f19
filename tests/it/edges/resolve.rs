//! Which room a file stands in, and which room a path leads to.

use super::allowed::{Kind, ROOMS};
use super::scan::{Found, Scan, scan};
use crate::workspace::{files, read, rust_files};
use std::collections::BTreeMap;

/// The crate whose top-level modules are rooms.
pub(crate) const CORE: &str = "forescale-core";

/// A path from one room into another.
#[derive(Debug)]
pub(crate) struct Use {
    pub(crate) from: String,
    pub(crate) to: String,
    /// Where it stands: file and line.
    pub(crate) place: String,
    /// As written.
    pub(crate) written: String,
}

/// What the whole workspace names.
#[derive(Debug, Default)]
pub(crate) struct Uses {
    pub(crate) uses: Vec<Use>,
    /// Sentences about code that would escape this test, or that reaches for the outer world.
    pub(crate) complaints: Vec<String>,
}

/// Reads all crates.
pub(crate) fn workspace_uses() -> Uses {
    let rooms = Rooms::new();
    let mut uses = Uses::default();
    for path in rust_files().into_iter().filter(|path| path.starts_with("crates/")) {
        rooms.add(&path, &read(&path), &mut uses);
    }
    uses
}

/// The map from paths to rooms.
pub(crate) struct Rooms {
    /// Names that `forescale-core`'s `lib.rs` re-exports, with the rooms that they come from.
    shown: BTreeMap<String, String>,
    /// The top-level modules of `forescale-core`.
    modules: Vec<String>,
}

impl Rooms {
    pub(crate) fn new() -> Self {
        let lib = scan(&read("crates/forescale-core/src/lib.rs"), "forescale_core", &[]).unwrap();
        let entry = |found: Found| match found.path.as_slice() {
            [_, module, .., name] => Some((name.clone(), module.clone())),
            _ => None,
        };
        Self { shown: lib.found.into_iter().filter_map(entry).collect(), modules: core_modules() }
    }

    /// Adds what a file names.
    pub(crate) fn add(&self, file: &str, text: &str, uses: &mut Uses) {
        let home = Home::of(file);
        let Scan { found, hidden } = match scan(text, &home.krate.replace('-', "_"), &home.module) {
            Ok(scan) => scan,
            Err(error) => return uses.complaints.push(format!("{file}: {error}")),
        };
        for (line, word) in hidden {
            uses.complaints
                .push(format!("{file}:{line}: {word} hides code from this test; use plain modules"));
        }
        for found in found {
            let place = format!("{file}:{}", found.line);
            if !found.is_test && home.is_pure() && reaches_outside(&found.written) {
                uses.complaints.push(format!(
                    "{place}: {} reaches for `{}`; the simulated loop does no I/O and reads no clock",
                    home.room, found.written
                ));
            }
            if let Some(to) = self.target(&home, &found.path)
                && to != home.room
            {
                uses.uses.push(Use { from: home.room.clone(), to, place, written: found.written });
            }
        }
    }

    /// The room that a path leads to; `None` for what is not ours.
    fn target(&self, home: &Home, path: &[String]) -> Option<String> {
        let krate = path.first()?.replace('_', "-");
        if krate != home.krate || krate != CORE {
            return ROOMS.iter().any(|room| room.kind == Kind::Crate && room.name == krate).then_some(krate);
        }
        if !home.is_inside {
            // A folder of tests is a caller of its own crate like any other.
            return None;
        }
        let name = path.get(1).map_or("", String::as_str);
        match self.shown.get(name) {
            _ if self.modules.iter().any(|module| module == name) => Some(name.to_owned()),
            Some(module) => Some(module.clone()),
            None => Some(krate),
        }
    }
}

/// The top-level modules of `forescale-core`.
pub(crate) fn core_modules() -> Vec<String> {
    let files = files("crates/forescale-core/src", ".rs");
    let mut modules: Vec<String> =
        files.iter().filter_map(|file| Home::of(file).module.first().cloned()).collect();
    modules.dedup();
    modules
}

/// Where a file stands.
struct Home {
    krate: String,
    module: Vec<String>,
    room: String,
    /// Whether it is part of the crate itself, not of a test or bench beside it.
    is_inside: bool,
    is_test: bool,
}

impl Home {
    fn of(file: &str) -> Self {
        let mut parts: Vec<&str> = file.trim_end_matches(".rs").split('/').skip(1).collect();
        let krate = parts.remove(0).to_owned();
        let is_inside = parts.first() == Some(&"src");
        let last = parts.last().copied().unwrap_or_default();
        let is_test = !is_inside || last == "tests" || last.ends_with("_tests");
        if matches!(last, "mod" | "lib" | "main") {
            parts.pop();
        }
        let module: Vec<String> = parts.iter().skip(1).map(|part| (*part).to_owned()).collect();
        let room = match module.first() {
            Some(first) if krate == CORE && is_inside => first.clone(),
            _ => krate.clone(),
        };
        Self { krate, module, room, is_inside, is_test }
    }

    fn is_pure(&self) -> bool {
        super::allowed::PURE.contains(&self.krate.as_str()) && !self.is_test
    }
}

fn reaches_outside(written: &str) -> bool {
    let mut names = written.split("::");
    names.next() == Some("std")
        && names.next().is_some_and(|name| super::allowed::OUTER_WORLD.contains(&name))
}
