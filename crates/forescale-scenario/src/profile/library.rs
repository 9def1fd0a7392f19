//! All profiles, and the way from a name's parts to one of them.

use super::{Gpu, Model, Profile, calibrated};
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// All profiles of the program.
pub(super) struct Library {
    pub(super) profiles: Vec<Profile>,
    /// By model, GPU, GPUs per replica and dtype.
    by_parts: BTreeMap<(&'static str, &'static str, u32, String), usize>,
}

/// Made at first use, in a few milliseconds.
pub(super) fn library() -> &'static Library {
    static LIBRARY: OnceLock<Library> = OnceLock::new();
    LIBRARY.get_or_init(|| {
        let mut profiles = calibrated::profiles();
        profiles.sort_by(|a, b| a.name.cmp(&b.name));
        let by_parts = profiles.iter().enumerate().filter_map(|(at, profile)| {
            let (model, gpu) = (Model::find(profile.model())?, Gpu::find(profile.gpu())?);
            Some(((model.name, gpu.name, profile.tensor_parallel_size, profile.dtype.clone()), at))
        });
        Library { by_parts: by_parts.collect(), profiles }
    })
}

/// What a profile is called.
pub(super) fn name(model: &Model, gpu: &Gpu, tensor_parallel_size: u32, dtype: &str) -> String {
    let plain = format!("{}/{}/tp{tensor_parallel_size}", model.name, gpu.name);
    if model.dtypes().first() == Some(&dtype) { plain } else { format!("{plain}/{dtype}") }
}

impl Library {
    pub(super) fn get(&self, model: &Model, gpu: &Gpu, tp: u32, dtype: &str) -> Option<&Profile> {
        self.profiles.get(*self.by_parts.get(&(model.name, gpu.name, tp, dtype.to_owned()))?)
    }

    /// The profiles of a model.
    pub(super) fn of_model(&self, model: &Model) -> impl Iterator<Item = &Profile> {
        self.profiles.iter().filter(|profile| profile.model() == model.name)
    }
}
