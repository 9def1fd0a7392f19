//! The report of `sim regress`, and the files for CI systems.

use super::RegressArguments;
use crate::exit::{Exit, Failure};
use crate::files::{save, show};
use crate::run::style;
use forescale::report::{self, Gates};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

fn files(arguments: &RegressArguments) -> Vec<&PathBuf> {
    [&arguments.junit, &arguments.sarif, &arguments.markdown].into_iter().flatten().collect()
}

/// Whether each file has a place of its own.
pub(super) fn check(arguments: &RegressArguments) -> Result<(), Failure> {
    let reports = files(arguments);
    for (place, file) in reports.iter().enumerate() {
        if reports.iter().take(place).any(|other| other == file) {
            return Err(Failure::Input(format!("{}: two reports would go to this file", file.display())));
        }
        let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        if !folder.is_dir() || file.is_dir() {
            return Err(Failure::Input(format!("{}: no file can be written there", file.display())));
        }
    }
    Ok(())
}

/// Takes away what an earlier call has left: whoever kills this one does not read that as its result.
pub(super) fn clear(arguments: &RegressArguments) {
    let is_file = |file: &Path| fs::symlink_metadata(file).is_ok_and(|found| found.is_file());
    for file in files(arguments).into_iter().filter(|file| is_file(file)) {
        // What cannot be taken away cannot be written either, which is told then.
        fs::remove_file(file).unwrap_or_default();
    }
}

/// The report first, then the files: what cannot be written hides no verdict.
pub(super) fn tell(arguments: &RegressArguments, gates: &Gates) -> Result<Exit, Failure> {
    let exit = if gates.is_good() { Exit::Fine } else { Exit::Missed };
    annotate(arguments, gates);
    let exit = exit.once(print(arguments, gates))?;
    write(arguments, gates)?;
    Ok(exit)
}

pub(super) fn annotate(arguments: &RegressArguments, gates: &Gates) {
    if arguments.annotations {
        anstream::eprint!("{}", report::regress_annotations(gates));
    }
}

/// The files that are asked for.
pub(super) fn write(arguments: &RegressArguments, gates: &Gates) -> Result<(), Failure> {
    if let Some(file) = &arguments.junit {
        let mut bytes = Vec::new();
        report::regress_junit(gates, &mut bytes)?;
        save(file, &bytes)?;
    }
    if let Some(file) = &arguments.sarif {
        let mut bytes = Vec::new();
        report::regress_sarif(gates, env!("CARGO_PKG_VERSION"), &mut bytes)?;
        save(file, &bytes)?;
    }
    if let Some(file) = &arguments.markdown {
        save(file, report::regress_markdown(gates).as_bytes())?;
    }
    Ok(())
}

fn print(arguments: &RegressArguments, gates: &Gates) -> io::Result<()> {
    if !arguments.json {
        return show(report::regress_text(gates, style()).as_bytes());
    }
    let mut document = Vec::new();
    report::regress_json(gates, &mut document)?;
    show(&document)
}
