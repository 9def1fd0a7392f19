//! Manifests with some values replaced, as texts: comments, order and layout stay.

use crate::context::{Context, Stopped, Told};
use crate::load::ScenarioFile;
use crate::manifests::{Object, objects_of};
use crate::overrides;
use crate::scenario::Rejection;
use std::path::{Path, PathBuf};

/// A manifest file that differs from what is on disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PatchedManifest {
    /// The file.
    pub path: PathBuf,
    /// Its new text: that of the file but for the values that are replaced.
    pub text: String,
}

/// The manifests of a scenario with values replaced: `PATH=VALUE`, as `sim --set` takes them. Nothing is written. Paths into the scenario
/// itself change no manifest.
///
/// # Errors
/// A [`Rejection`] where the scenario cannot be read, a path leads nowhere, or to what is not written in the file as a single value: a key
/// that is missing, a whole table, a text within a ConfigMap, what an anchor shares.
pub fn patch_manifests(file: &Path, sets: &[String]) -> Result<Vec<PatchedManifest>, Box<Rejection>> {
    let mut context = Context::default();
    match patched(&mut context, file, sets) {
        Ok(patched) => Ok(patched),
        Err(Stopped) => Err(Box::new(Rejection(context.report))),
    }
}

fn patched(context: &mut Context, file: &Path, sets: &[String]) -> Told<Vec<PatchedManifest>> {
    let overrides = overrides::read(context, sets);
    let source = context.read(file, None)?;
    let scenario = ScenarioFile::read(context, file, source, Vec::new())?;
    let (_, mut objects) = scenario.base_trees(context);
    if context.report.has_errors() {
        return Err(Stopped);
    }
    let mut patched: Vec<PatchedManifest> = Vec::new();
    for given in &overrides {
        let Some(patch) = given.patch(context, &mut objects)? else { continue };
        let path = PathBuf::from(&patch.file);
        // The next value is found in the new text.
        objects = reread(context, &objects, &patch.file, &patch.text)?;
        match patched.iter_mut().find(|known| known.path == path) {
            Some(known) => known.text = patch.text,
            None => patched.push(PatchedManifest { path, text: patch.text }),
        }
    }
    Ok(patched)
}

/// The objects with those of one file read from its new text, in their places.
fn reread(context: &mut Context, objects: &[Object], file: &str, text: &str) -> Told<Vec<Object>> {
    let source = context.report.sources.add(file, text);
    let mut read = objects_of(context, source)?.into_iter();
    let sources = &context.report.sources;
    let new = |object: &Object| match sources.name(object.place.source) == file {
        true => read.next().ok_or(Stopped),
        false => Ok(object.clone()),
    };
    objects.iter().map(new).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Scenario;

    fn scenario(name: &str) -> PathBuf {
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../scenarios").join(name)
    }

    fn sets(sets: &[&str]) -> Vec<String> {
        sets.iter().map(|set| (*set).to_owned()).collect()
    }

    #[test]
    fn lines_that_are_not_patched_stay() {
        let file = scenario("burst.toml");
        let sets = sets(&[
            "hpa.metrics.igw_queue_depth.target=50",
            "hpa.behavior.scaleDown.stabilizationWindowSeconds=60",
            "deployment.containers.vllm.args.--max-num-seqs=64",
            "hpa.maxReplicas=12",
            "scenario.seed=9",
        ]);
        let patched = patch_manifests(&file, &sets).unwrap_or_else(|error| panic!("{error}"));
        let mut changes = Vec::new();
        for manifest in &patched {
            let old = std::fs::read_to_string(&manifest.path).unwrap();
            let lines = old.lines().zip(manifest.text.lines()).filter(|(old, new)| old != new);
            changes.extend(lines.map(|(old, new)| format!("{} -> {}", old.trim(), new.trim())));
            assert_eq!(old.lines().count(), manifest.text.lines().count());
        }
        let changed = |start: &str| {
            changes.iter().find(|change| change.starts_with(start)).cloned().unwrap_or_default()
        };
        assert_eq!(changes.len(), 4, "{changes:?}");
        assert_eq!(changed("value:"), "value: \"250\" -> value: \"50\"");
        assert_eq!(changed("- --max-num-seqs"), "- --max-num-seqs=1024 -> - --max-num-seqs=64");

        // What is read from the patched files is what `--set` makes of the old ones.
        let folder = tempfile::tempdir().unwrap();
        let base = file.parent().unwrap();
        for name in [
            "burst.toml",
            "manifests/prometheus-adapter-values.yaml",
            "manifests/llm-d/endpoint-picker-config.yaml",
        ] {
            let to = folder.path().join(name);
            std::fs::create_dir_all(to.parent().unwrap()).unwrap();
            std::fs::copy(base.join(name), to).unwrap();
        }
        for manifest in &patched {
            let to = folder.path().join(manifest.path.strip_prefix(base).unwrap());
            std::fs::write(to, &manifest.text).unwrap();
        }
        let read = Scenario::load_with(&folder.path().join("burst.toml"), &sets[4..])
            .unwrap_or_else(|error| panic!("{error}"));
        let set = Scenario::load_with(&file, &sets).unwrap();
        let values = |scenario: &Scenario| {
            let all = scenario.settings.scenario.iter().chain(&scenario.settings.manifests);
            all.map(|setting| (setting.path.clone(), setting.value.clone())).collect::<Vec<_>>()
        };
        assert_eq!((values(&read), &read.hpa), (values(&set), &set.hpa));
    }

    #[test]
    fn what_is_not_written_cannot_be_patched() {
        for (set, words) in [
            ("hpa.behavior.scaleDown.tolerance=0.2", "what is not written cannot be patched"),
            ("deployment.containers.vllm.args.--block-size=32", "what is not written cannot be patched"),
            ("hpa.metrics.igw_queue_depth.target={ type = 'Value', value = 5 }", "only a single value"),
            ("hpa.metrics.queue.target=5", "has no item called"),
        ] {
            let told = patch_manifests(&scenario("burst.toml"), &sets(&[set])).unwrap_err().to_string();
            assert!(told.contains(words), "{set}: {told}");
        }
    }
}
