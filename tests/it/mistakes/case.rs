//! One mistake: what is changed in good files, and what the command then says.

use crate::support::{root, sim_in};
use std::path::Path;

/// A scenario with its manifests, as the repository has it.
pub(super) const BURST: &str = "burst.toml";
/// The same with monitors, and with the adapter's rules in a ConfigMap.
pub(super) const MONITORED: &str = "monitored.toml";
/// A station that replays `trace.csv`.
pub(super) const TRACED: &str = "traced.toml";
/// Both metrics of the vLLM guide of kubernetes/examples, one of them with an outage.
pub(super) const GUIDE: &str = "s7-one-metric-fails.toml";
/// GPU utilization alone.
pub(super) const GPU: &str = "s6-gpu-utilization.toml";

pub(super) const HPA: &str = "manifests/llm-d/hpa.yaml";
pub(super) const DEPLOYMENT: &str = "manifests/llm-d/deployment.yaml";
pub(super) const PICKER: &str = "manifests/llm-d/endpoint-picker-config.yaml";
pub(super) const VALUES: &str = "manifests/prometheus-adapter-values.yaml";
pub(super) const MONITORING: &str = "manifests/monitoring.yaml";
pub(super) const ADAPTER: &str = "manifests/adapter.yaml";
pub(super) const TRACE: &str = "trace.csv";

/// A change of one file.
#[derive(Clone, Copy, Debug)]
pub(super) enum Edit {
    /// The first of these words becomes those.
    Replace(&'static str, &'static str, &'static str),
    /// More at the end.
    Append(&'static str, &'static str),
    /// Another file in its place.
    Write(&'static str, &'static [u8]),
    /// Something that is made up, in words and bytes.
    Make(&'static str, &'static str, fn() -> Vec<u8>),
    /// No file.
    Remove(&'static str),
    /// A folder in its place.
    Folder(&'static str),
}

/// A mistake.
#[derive(Clone, Debug)]
pub(super) struct Case {
    pub(super) class: &'static str,
    pub(super) name: String,
    pub(super) scenario: &'static str,
    pub(super) edits: Vec<Edit>,
    /// `--set` of each of them.
    pub(super) sets: &'static [&'static str],
    /// Further arguments.
    pub(super) arguments: &'static [&'static str],
}

/// A mistake in the files of a scenario.
pub(super) fn case(class: &'static str, name: &str, scenario: &'static str, edits: &[Edit]) -> Case {
    Case { class, name: name.to_owned(), scenario, edits: edits.to_vec(), sets: &[], arguments: &[] }
}

/// A mistake in `burst.toml` or its manifests: one replacement.
pub(super) fn slip(
    class: &'static str,
    name: &str,
    file: &'static str,
    from: &'static str,
    to: &'static str,
) -> Case {
    let scenario = match file {
        MONITORING | ADAPTER => MONITORED,
        TRACE | TRACED => TRACED,
        _ => BURST,
    };
    case(class, name, scenario, &[Edit::Replace(file, from, to)])
}

impl Edit {
    fn apply(&self, folder: &Path) {
        let read = |file: &str| {
            let text = std::fs::read_to_string(folder.join(file)).unwrap();
            // A case may be about line ends; all others start from the same bytes on every system.
            text.replace("\r\n", "\n")
        };
        let write = |file: &str, bytes: &[u8]| {
            let path = folder.join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, bytes).unwrap();
        };
        match *self {
            Self::Replace(file, from, to) => {
                let text = read(file);
                assert!(text.contains(from), "{file} has no {from:?} any more");
                write(file, text.replacen(from, to, 1).as_bytes());
            }
            Self::Append(file, more) => write(file, (read(file) + more).as_bytes()),
            Self::Write(file, bytes) => write(file, bytes),
            Self::Make(file, _, make) => write(file, &make()),
            Self::Remove(file) => std::fs::remove_file(folder.join(file)).unwrap(),
            Self::Folder(file) => {
                std::fs::remove_file(folder.join(file)).unwrap();
                std::fs::create_dir(folder.join(file)).unwrap();
            }
        }
    }

    /// What is changed, as the gallery shows it.
    fn told(&self) -> String {
        let marked = |mark: char, text: &str| {
            let lines = text.trim_end_matches('\n').split('\n').map(|line| format!("{mark} {}", plain(line)));
            lines.map(|line| line.trim_end().to_owned() + "\n").collect::<String>()
        };
        match self {
            Self::Replace(file, from, "") => format!("{file}\n{}", marked('-', from)),
            Self::Replace(file, from, to) => format!("{file}\n{}{}", marked('-', from), marked('+', to)),
            Self::Append(file, more) => format!("{file}, at the end\n{}", marked('+', more)),
            Self::Write(file, []) => format!("{file} is an empty file\n"),
            Self::Write(file, bytes) => {
                format!("{file} is\n{}", marked('+', &String::from_utf8_lossy(bytes)))
            }
            Self::Make(file, what, _) => format!("{file} {what}\n"),
            Self::Remove(file) => format!("{file} does not exist\n"),
            Self::Folder(file) => format!("{file} is a folder\n"),
        }
    }
}

/// A line without what editors do not show.
fn plain(line: &str) -> String {
    line.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            copy_text(&path, &target);
        }
    }
}

fn copy_text(from: &Path, to: &Path) {
    let text = std::fs::read_to_string(from).unwrap();
    std::fs::write(to, text.replace("\r\n", "\n")).unwrap();
}

/// A folder with the good files.
pub(super) fn good_files() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path();
    copy(&root().join("scenarios/manifests/llm-d"), &to.join("manifests/llm-d"));
    for folder in ["manifests/guides/kubernetes-examples", "manifests/combined"] {
        copy(&root().join("scenarios").join(folder), &to.join(folder));
    }
    for scenario in [GUIDE, GPU] {
        copy_text(&root().join("scenarios").join(scenario), &to.join(scenario));
    }
    let values = root().join("scenarios").join(VALUES);
    std::fs::copy(values, to.join(VALUES)).unwrap();
    let good = root().join("tests/it/mistakes/good");
    for (name, place) in
        [("monitoring.yaml", MONITORING), ("adapter.yaml", ADAPTER), ("trace.csv", TRACE), (TRACED, TRACED)]
    {
        std::fs::copy(good.join(name), to.join(place)).unwrap();
    }
    let burst = std::fs::read_to_string(root().join("scenarios").join(BURST)).unwrap();
    let monitored = [
        (
            "[\"manifests/llm-d/\"]",
            "[\"manifests/llm-d/\", \"manifests/monitoring.yaml\", \"manifests/adapter.yaml\"]",
        ),
        ("values = \"manifests/prometheus-adapter-values.yaml\", ", ""),
    ];
    let monitored = monitored.iter().fold(burst.clone(), |text, (from, to)| {
        assert!(text.contains(from), "{BURST} has no {from:?} any more");
        text.replacen(from, to, 1)
    });
    std::fs::write(to.join(BURST), burst).unwrap();
    std::fs::write(to.join(MONITORED), monitored).unwrap();
    folder
}

impl Case {
    /// The good files with the mistake.
    pub(super) fn folder(&self) -> tempfile::TempDir {
        let folder = good_files();
        self.edits.iter().for_each(|edit| edit.apply(folder.path()));
        folder
    }

    /// The case with one more edit.
    pub(super) fn with(mut self, edit: Edit) -> Self {
        self.edits.push(edit);
        self
    }

    /// The exit code, and what the command says on standard error.
    pub(super) fn run(&self, folder: &Path) -> (Option<i32>, String) {
        let mut arguments = vec![self.scenario];
        arguments.extend(self.sets.iter().flat_map(|set| ["--set", set]));
        arguments.extend(self.arguments);
        let output = sim_in(folder, &arguments);
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    }

    /// The section of the gallery.
    pub(super) fn section(&self, code: i32, told: &str) -> String {
        let set = self.sets.iter().map(|set| format!(" --set '{set}'"));
        let more = self.arguments.iter().map(|argument| format!(" {argument}"));
        let command: String = set.chain(more).collect();
        let edits: String = self.edits.iter().map(Edit::told).collect();
        let (name, scenario) = (&self.name, self.scenario);
        let change = if edits.is_empty() { String::new() } else { format!("````diff\n{edits}````\n\n") };
        format!(
            "### {name}\n\n{change}````console\n$ sim {scenario}{command}\n{}\n(exit code {code})\n````\n",
            told.trim_end()
        )
    }
}
