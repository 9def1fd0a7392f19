//! All profiles, and the way from a name's parts to one of them.
//!
//! What is calibrated comes first, and is not derived.

use super::{Gpu, Model, Profile, calibrated, roofline};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

/// All profiles of the program.
pub(super) struct Library {
    pub(super) profiles: Vec<Profile>,
    by_name: BTreeMap<String, usize>,
}

/// Made at first use, in a few milliseconds.
pub(super) fn library() -> &'static Library {
    static LIBRARY: OnceLock<Library> = OnceLock::new();
    LIBRARY.get_or_init(|| {
        let mut profiles = calibrated::profiles();
        profiles.sort_by(|a, b| a.name.cmp(&b.name));
        let known: BTreeSet<String> = profiles.iter().map(|profile| profile.name.clone()).collect();
        let mut derived: Vec<Profile> =
            roofline::profiles().filter(|profile| !known.contains(&profile.name)).collect();
        derived.sort_by(|a, b| a.name.cmp(&b.name));
        profiles.append(&mut derived);
        let by_name = profiles.iter().enumerate().map(|(at, profile)| (profile.name.clone(), at)).collect();
        Library { profiles, by_name }
    })
}

/// What a profile is called.
pub(super) fn name(model: &Model, gpu: &Gpu, tensor_parallel_size: u32, dtype: &str) -> String {
    let plain = format!("{}/{}/tp{tensor_parallel_size}", model.name, gpu.name);
    if model.dtypes().first() == Some(&dtype) { plain } else { format!("{plain}/{dtype}") }
}

impl Library {
    pub(super) fn get(&self, model: &Model, gpu: &Gpu, tp: u32, dtype: &str) -> Option<&Profile> {
        self.profiles.get(*self.by_name.get(&name(model, gpu, tp, dtype))?)
    }

    /// The profiles of a model.
    pub(super) fn of_model(&self, model: &Model) -> impl Iterator<Item = &Profile> {
        self.profiles.iter().filter(|profile| profile.model() == model.name)
    }
}
