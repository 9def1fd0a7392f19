//! `sim init`

mod template;

use crate::cli::InitArguments;
use crate::diagnostics;
use crate::exit::{Exit, Failure};
use forescale::report::Folder;
use forescale::scenario::{draft_scenario, is_scenario_name};
use serde_json::json;
use std::fs;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

/// What editors with a TOML language server read: the schema that the file is checked against.
const SCHEMA: &str = "#:schema scenario.schema.json\n";

/// A file that is to be written.
struct File {
    path: PathBuf,
    text: String,
}

/// Writes a scenario and what belongs to it.
pub(crate) fn init(arguments: &InitArguments) -> Result<Exit, Failure> {
    if let Some(name) = arguments.name.as_ref().filter(|name| !is_scenario_name(name)) {
        return Err(Failure::Input(format!(
            "--name {name}: a name consists of letters, digits, `-`, `_` and `.`, and does not begin with a dot"
        )));
    }
    let files = match arguments.from_manifests.is_empty() {
        true => of_template(arguments),
        false => vec![of_manifests(arguments)?],
    };
    let written = write(&files, arguments.force)?;
    let scenario = files.first().map(|file| file.path.display().to_string()).unwrap_or_default();
    // A NUL cannot be quoted, and no path has one.
    let next = format!("sim {}", shlex::try_quote(&scenario).unwrap_or_default());
    let mut out = anstream::stdout().lock();
    if arguments.json {
        let names: Vec<String> = written.iter().map(|path| path.display().to_string()).collect();
        writeln!(out, "{:#}", json!({ "scenario": scenario, "written": names, "next": next }))?;
    } else {
        for path in &written {
            writeln!(out, "written: {}", path.display())?;
        }
        out.flush()?;
        if written.is_empty() {
            anstream::eprintln!("all files are there already");
        }
        anstream::eprintln!("next: {next}");
    }
    Ok(Exit::Fine)
}

fn of_template(arguments: &InitArguments) -> Vec<File> {
    let template = arguments.template;
    let name = arguments.name.as_deref().unwrap_or(template.name());
    let own = format!("\nname = \"{}\"\n", template.name());
    let text = template.scenario().replacen(&own, &format!("\nname = \"{name}\"\n"), 1);
    let scenario =
        File { path: at(&arguments.folder, &format!("{name}.toml")), text: format!("{SCHEMA}{text}") };
    let manifests = template.manifests().iter();
    let manifests =
        manifests.map(|(path, text)| File { path: at(&arguments.folder, path), text: (*text).to_owned() });
    std::iter::once(scenario).chain(manifests).collect()
}

/// A path in a folder, without a `./` that says nothing.
fn at(folder: &Path, path: &str) -> PathBuf {
    if folder == Path::new(".") { PathBuf::from(path) } else { folder.join(path) }
}

fn of_manifests(arguments: &InitArguments) -> Result<File, Failure> {
    let paths = &arguments.from_manifests;
    match draft_scenario(paths, arguments.out.as_deref(), arguments.name.as_deref()) {
        Ok(draft) => {
            diagnostics::tell(&draft.report);
            Ok(File { path: draft.file, text: draft.text })
        }
        Err(rejection) => Err(Failure::Rejected(Box::new(rejection.0))),
    }
}

/// Writes those files that are not there as they should be, each of them whole; none where one stands in the way.
fn write(files: &[File], force: bool) -> Result<Vec<PathBuf>, Failure> {
    let mut missing = Vec::new();
    for file in files {
        match fs::read(&file.path) {
            Ok(there) if there == file.text.as_bytes() => {}
            Ok(_) if force => missing.push(file),
            Ok(_) => {
                let name = file.path.display();
                return Err(Failure::Input(format!(
                    "{name} exists and would be overwritten: --force does it, another folder or --name avoids it"
                )));
            }
            Err(error) if error.kind() == ErrorKind::NotFound => missing.push(file),
            Err(error) => return Err(Failure::Input(format!("{}: {error}", file.path.display()))),
        }
    }
    let mut written = Vec::new();
    for file in missing {
        let folder = file.path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let name = file.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let publish = || {
            let mut folder = Folder::open(folder.unwrap_or(Path::new(".")))?;
            folder.write(&name, |out| out.write_all(file.text.as_bytes()))?;
            folder.publish()
        };
        publish().map_err(|error| Failure::Input(error.to_string()))?;
        written.push(file.path.clone());
    }
    Ok(written)
}
