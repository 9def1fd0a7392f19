//! What went into a run, in one number.

use crate::experiment::sweep::Inputs;
use crate::scenario::Scenario;
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// A hash over every value that holds, the model server, and each file that a value names, wherever the scenario stands: whether the same would be
/// run again.
pub fn inputs(base: &Scenario) -> String {
    let mut hash = Inputs::default();
    let folder = base.file.parent().unwrap_or(Path::new(""));
    // Seeds are told apart from what they are drawn for.
    let settings = base.settings.scenario.iter().filter(|setting| setting.path != "scenario.seed");
    for setting in settings.chain(&base.settings.manifests) {
        hash.add(setting.path.as_bytes());
        hash.add(setting.value.as_bytes());
        let name = setting.value.strip_prefix('"').and_then(|value| value.strip_suffix('"'));
        let path = name.filter(|name| !name.is_empty()).map(|name| folder.join(name));
        if let Some(digest) = path.filter(|path| path.is_file()).and_then(|path| digest(&path)) {
            hash.add(digest.as_bytes());
        }
    }
    // A profile is more than its name.
    hash.add(format!("{:?}", base.config.model_server).as_bytes());
    hash.digest()
}

/// Of a file, piece by piece; one that cannot be read has none, and fails where it is needed.
fn digest(path: &Path) -> Option<String> {
    let mut file = File::open(path).ok()?;
    let (mut hash, mut piece) = (Inputs::default(), vec![0; 1 << 16]);
    loop {
        match file.read(&mut piece).ok()? {
            0 => return Some(hash.digest()),
            length => hash.add(piece.get(..length)?),
        }
    }
}
