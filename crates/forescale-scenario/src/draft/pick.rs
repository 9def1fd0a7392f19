//! Which profile fits a Deployment best.

use crate::profile::Profile;
use std::collections::BTreeMap;

/// GPUs by the words that name them in node labels, the more special ones first.
const GPUS: [&str; 14] = [
    "gb200", "b200", "h200", "h100", "h20", "a100", "l40s", "l40", "l4", "a10g", "a10", "t4", "v100",
    "mi300x",
];

/// GPUs of machine types, by the first part of the type's name.
const MACHINES: [(&str, &str); 9] = [
    ("p5", "h100"),
    ("p4d", "a100"),
    ("p4de", "a100"),
    ("g6", "l4"),
    ("g5", "a10g"),
    ("a3", "h100"),
    ("a2", "a100"),
    ("g2", "l4"),
    ("p3", "v100"),
];

/// The best profile there is, and in what it fits.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Pick {
    pub(crate) profile: &'static Profile,
    pub(crate) is_model: bool,
    /// `None` where the manifests do not name the GPU.
    pub(crate) is_gpu: Option<bool>,
    pub(crate) is_count: bool,
}

/// What is known about a pod.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wanted {
    /// As the model server's arguments have it.
    pub(crate) model: Option<String>,
    /// Of [`GPUS`].
    pub(crate) gpu: Option<&'static str>,
    /// GPUs per pod.
    pub(crate) gpus: Option<u32>,
}

fn words(text: &str) -> impl Iterator<Item = String> {
    let text = text.to_lowercase();
    let words: Vec<String> = text.split(|c: char| !c.is_alphanumeric()).map(str::to_owned).collect();
    words.into_iter().filter(|word| !word.is_empty())
}

/// The GPU that labels of nodes name.
pub(crate) fn gpu(node_selector: &BTreeMap<String, String>) -> Option<&'static str> {
    let named = |value: &String| {
        let words: Vec<String> = words(value).collect();
        GPUS.into_iter().find(|gpu| words.iter().any(|word| word == gpu))
    };
    let machine = |value: &String| {
        let first = words(value).next()?;
        MACHINES.into_iter().find(|(machine, _)| *machine == first).map(|(_, gpu)| gpu)
    };
    let types =
        node_selector.iter().filter(|(key, _)| key.ends_with("instance-type")).map(|(_, value)| value);
    node_selector.values().find_map(named).or_else(|| types.into_iter().find_map(machine))
}

/// Billions of parameters, as a model's name says: `8` of `Llama-3.1-8B`.
pub(crate) fn billions(model: &str) -> Option<f64> {
    let model = model.to_lowercase();
    let mut words = model.split(|c: char| !c.is_alphanumeric() && c != '.');
    let size = |word: &str| word.strip_suffix('b')?.parse::<f64>().ok();
    words.find_map(size).filter(|size| size.is_finite() && *size > 0.0)
}

/// How far two sizes are apart: in thousandths of a factor of e.
fn distance(one: Option<f64>, other: Option<f64>) -> u64 {
    match (one, other) {
        (Some(one), Some(other)) => ((one / other).ln().abs() * 1000.0) as u64,
        _ => 0,
    }
}

/// The profile that fits best: in the number of GPUs before the model, in the model before the kind of GPU; else the model nearest in size. Of
/// equals the one in the model's default dtype, and the most common GPU where none is named.
pub(crate) fn pick(wanted: &Wanted) -> Option<Pick> {
    let model = wanted.model.as_deref();
    let size = model.and_then(billions);
    let fit = |profile: &'static Profile| Pick {
        profile,
        is_model: model.is_some_and(|model| profile.serves(model)),
        is_gpu: wanted.gpu.map(|gpu| words(profile.gpu()).any(|word| word == gpu)),
        is_count: wanted.gpus.is_none_or(|gpus| gpus == profile.tensor_parallel_size),
    };
    Profile::all().map(fit).min_by_key(|pick| {
        let distance = distance(size, billions(pick.profile.model()));
        let is_usual = pick.is_gpu.is_some() || pick.profile.gpu() == USUAL_GPU;
        let has_dtype = pick.profile.name.split('/').count() > 3;
        (!pick.is_count, !pick.is_model, pick.is_gpu == Some(false), distance, !is_usual, has_dtype)
    })
}

/// What is simulated where no GPU is named.
const USUAL_GPU: &str = "h100-sxm-80gb";

impl Pick {
    /// Some other profiles for as many GPUs: of the same model.
    pub(super) fn others(&self) -> Vec<&'static str> {
        let is_other = |profile: &&Profile| {
            profile.name != self.profile.name
                && profile.model() == self.profile.model()
                && profile.dtype == self.profile.dtype
                && profile.tensor_parallel_size == self.profile.tensor_parallel_size
        };
        Profile::all().filter(is_other).map(|profile| profile.name.as_str()).take(3).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gpus_of_node_labels() {
        let of = |key: &str, value: &str| gpu(&BTreeMap::from([(key.to_owned(), value.to_owned())]));
        assert_eq!(of("cloud.google.com/gke-accelerator", "nvidia-l4"), Some("l4"));
        assert_eq!(of("nvidia.com/gpu.product", "NVIDIA-H100-80GB-HBM3"), Some("h100"));
        assert_eq!(of("node.kubernetes.io/instance-type", "p4d.24xlarge"), Some("a100"));
        assert_eq!(of("node.kubernetes.io/instance-type", "Standard_NC24ads_A100_v4"), Some("a100"));
        assert_eq!(of("pool", "p5"), None);
    }

    #[test]
    fn the_profile_that_fits_best() {
        let best = |model: &str, gpu, gpus| {
            let wanted = Wanted { model: Some(model.to_owned()), gpu, gpus };
            let pick = pick(&wanted).unwrap();
            (pick.profile.name.as_str(), pick.is_model && pick.is_gpu != Some(false) && pick.is_count)
        };
        let llama = "meta-llama/Llama-3.1-8B-Instruct";
        assert_eq!(best(llama, None, Some(1)), ("llama-3.1-8b/h100-sxm-80gb/tp1", true));
        assert_eq!(best(llama, Some("a100"), Some(1)), ("llama-3.1-8b/a100-sxm-80gb/tp1", true));
        assert_eq!(best("Qwen/Qwen3-32B", Some("h100"), Some(2)), ("qwen3-32b/h100-sxm-80gb/tp2", true));
        assert_eq!(
            best("google/gemma-1.1-7b-it", Some("l4"), Some(1)),
            ("mistral-7b-v0.3/l4-24gb/tp1", false)
        );
        let llama = best("meta-llama/Llama-3.3-70B-Instruct", None, Some(8));
        assert_eq!(llama, ("llama-3.1-70b/h100-sxm-80gb/tp8", true));
        assert!(!best("meta-llama/Llama-3.3-70B-Instruct", None, Some(16)).1);
        assert_eq!(
            (billions("gemma-3-1b-it"), billions("Mixtral-8x7B"), billions("b")),
            (Some(1.0), None, None)
        );
    }
}
