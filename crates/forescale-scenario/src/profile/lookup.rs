//! From a name to a profile, or to what is wrong with it.

use super::library::{Library, library};
use super::{Gpu, Model, Profile};
use forescale_document::{nearest, nearest_few};
use std::fmt;

/// Why there is no profile of a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownProfile {
    /// What is wrong with the name.
    pub message: String,
    /// The profile that it most likely means.
    pub near: Option<String>,
    /// What there is in its place.
    pub help: String,
}

impl fmt::Display for UnknownProfile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let near = self.near.as_ref().map(|near| format!("; did you mean `{near}`?"));
        write!(f, "{}{} ({})", self.message, near.unwrap_or_default(), self.help)
    }
}

impl std::error::Error for UnknownProfile {}

const ALL: &str = "`sim profile list` shows all";

/// How many names a help offers.
const FEW: usize = 5;

/// A name's parts. A model may have a `/` of its own: `meta-llama/Llama-3.1-8B-Instruct`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Parts<'a> {
    model: &'a str,
    gpu: &'a str,
    tp: u32,
    dtype: Option<&'a str>,
}

impl<'a> Parts<'a> {
    fn of(name: &'a str) -> Option<Self> {
        let tp =
            |word: &str| word.strip_prefix("tp").or_else(|| word.strip_prefix("TP"))?.parse::<u32>().ok();
        let (rest, last) = name.rsplit_once('/')?;
        let (rest, tp, dtype) = match tp(last) {
            Some(tp) => (rest, tp, None),
            None => {
                let (rest, word) = rest.rsplit_once('/')?;
                (rest, tp(word)?, Some(last))
            }
        };
        let (model, gpu) = rest.rsplit_once('/')?;
        Some(Self { model, gpu, tp, dtype })
    }
}

impl Profile {
    /// The profile of a name `model/gpu/tpN[/dtype]`, in any case, with models and GPUs by any of their names. Without a dtype the model's default is meant, or
    /// else the only one there is.
    ///
    /// # Errors
    /// What is wrong with the name, and what is near it.
    pub fn lookup(name: &str) -> Result<&'static Self, UnknownProfile> {
        let library = library();
        let Some(parts) = Parts::of(name.trim()) else { return Err(no_name(name)) };
        let Some(model) = Model::find(parts.model) else { return Err(no_model(&parts)) };
        let gpu = Gpu::find(parts.gpu)
            .filter(|gpu| library.of_model(model).any(|profile| profile.gpu() == gpu.name));
        let Some(gpu) = gpu else { return Err(no_gpu(library, model, &parts)) };
        let of_size: Vec<&Self> = library
            .of_model(model)
            .filter(|profile| profile.gpu() == gpu.name && profile.tensor_parallel_size == parts.tp)
            .collect();
        let dtypes = match &parts.dtype {
            Some(dtype) => vec![dtype.to_lowercase()],
            None => model.dtypes().iter().map(|dtype| (*dtype).to_owned()).collect(),
        };
        let found = dtypes.iter().find_map(|dtype| library.get(model, gpu, parts.tp, dtype));
        found.ok_or_else(|| no_size(library, model, gpu, &parts, &of_size))
    }
}

fn no_name(name: &str) -> UnknownProfile {
    let library = library();
    let words = || name.split('/');
    let model = words().find_map(Model::find).or_else(|| {
        let near = nearest_few(words().next().unwrap_or_default(), models(), 1);
        near.first().and_then(|near| Model::find(near)).filter(|_| name.contains('/'))
    });
    let gpu = words().find_map(Gpu::find);
    let fits = |profile: &&&Profile| gpu.is_none_or(|gpu| profile.gpu() == gpu.name);
    let of_model: Vec<&Profile> = model.iter().flat_map(|model| library.of_model(model)).collect();
    let example = of_model.iter().find(fits).or(of_model.first()).map(|profile| profile.name.as_str());
    let example = example.unwrap_or("llama-3.1-8b/h100-sxm-80gb/tp1");
    UnknownProfile {
        message: format!("`{name}` is no name of a profile"),
        near: None,
        help: format!("a name is `model/gpu/tpN`, for example `{example}`; {ALL}"),
    }
}

fn models() -> impl Iterator<Item = &'static str> {
    Model::all().iter().map(|model| model.name)
}

fn no_model(parts: &Parts<'_>) -> UnknownProfile {
    let wanted = parts.model.rsplit('/').next().unwrap_or_default();
    let near = nearest(wanted, models());
    let near = near.and_then(|model| Profile::lookup(&format!("{model}/{}/tp{}", parts.gpu, parts.tp)).ok());
    UnknownProfile {
        message: format!("there is no profile of a model `{}`", parts.model),
        near: near.map(|profile| profile.name.clone()),
        help: match nearest_few(wanted, models(), FEW).as_slice() {
            [] => ALL.to_owned(),
            few => format!("similar names: {}; {ALL}", few.join(", ")),
        },
    }
}

/// Names of GPUs on which a model can be simulated.
fn gpus(library: &Library, model: &Model) -> Vec<&'static str> {
    let has = |gpu: &&Gpu| library.of_model(model).any(|profile| profile.gpu() == gpu.name);
    Gpu::all().iter().filter(has).map(Gpu::short_name).collect()
}

fn no_gpu(library: &Library, model: &Model, parts: &Parts<'_>) -> UnknownProfile {
    let gpus = gpus(library, model);
    let near = nearest(parts.gpu, Gpu::all().iter().map(|gpu| gpu.name).chain(gpus.iter().copied()));
    let near = near.filter(|_| Gpu::find(parts.gpu).is_none());
    let near = near.and_then(|gpu| Profile::lookup(&format!("{}/{gpu}/tp{}", model.name, parts.tp)).ok());
    UnknownProfile {
        message: match Gpu::find(parts.gpu) {
            Some(gpu) => format!("there is no profile of {} on {}", model.name, gpu.name),
            None => format!("there is no profile of {} on a GPU `{}`", model.name, parts.gpu),
        },
        near: near.map(|profile| profile.name.clone()),
        help: format!("{} has profiles for {}", model.name, gpus.join(", ")),
    }
}

fn no_size(
    library: &Library,
    model: &Model,
    gpu: &Gpu,
    parts: &Parts<'_>,
    of_size: &[&Profile],
) -> UnknownProfile {
    let on_gpu = library.of_model(model).filter(|profile| profile.gpu() == gpu.name);
    let prefix = format!("{}/{}/", model.name, gpu.name);
    let sizes: Vec<&str> = on_gpu.filter_map(|profile| profile.name.strip_prefix(&prefix)).collect();
    let what = match (parts.dtype, of_size) {
        (Some(dtype), [_, ..]) => format!("in {dtype}"),
        _ if parts.tp == 1 => "for 1 GPU per replica".to_owned(),
        _ => format!("for {} GPUs per replica", parts.tp),
    };
    UnknownProfile {
        message: format!("there is no profile of {} on {} {what}", model.name, gpu.name),
        near: None,
        help: format!("there are {}, after `{prefix}`", sizes.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_has_many_names() {
        let of = |name| Profile::lookup(name).map(|profile| profile.name.as_str());
        let llama = Ok("llama-3.1-8b/h100-sxm-80gb/tp1");
        for name in [
            "llama-3.1-8b/h100-sxm-80gb/tp1",
            "Llama-3.1-8B/H100/TP1",
            "meta-llama/Llama-3.1-8B-Instruct/NVIDIA-H100-80GB-HBM3/tp1",
            "llama-3.1-8b/h100/tp1/bf16",
        ] {
            assert_eq!(of(name), llama, "{name}");
        }
        assert_eq!(of("llama-3.1-8b/h100/tp1/FP8"), Ok("llama-3.1-8b/h100-sxm-80gb/tp1/fp8"));
        // One dtype is there, and it is meant.
        assert_eq!(of("llama-2-70b/h100/tp1"), Ok("llama-2-70b/h100-sxm-80gb/tp1/fp8"));
        assert_eq!(of("openai/gpt-oss-120b/h200/tp1"), Ok("gpt-oss-120b/h200-sxm-141gb/tp1"));
        let llama_3 = Profile::lookup("llama-3-8b/h100/tp1").unwrap();
        let llama_31 = Profile::lookup("llama-3.1-8b/h100/tp1").unwrap();
        assert_eq!((llama_3.max_model_len, llama_3.step_time()), (8192, llama_31.step_time()));
    }

    #[test]
    fn a_wrong_name_is_told_by_its_wrong_part() {
        let of = |name| Profile::lookup(name).unwrap_err();
        let wrong = of("lama-3.1-8b/h100/tp1");
        assert_eq!(wrong.near.as_deref(), Some("llama-3.1-8b/h100-sxm-80gb/tp1"));
        assert!(wrong.help.starts_with("similar names: llama-3.1-8b, "), "{wrong}");
        let wrong = of("llama-3.1-8b/h10/tp1");
        assert!(wrong.message.ends_with("on a GPU `h10`") && wrong.help.contains("h200, "), "{wrong}");
        let wrong = of("llama-3.1-8b/h100/tp16");
        assert!(
            wrong.message.ends_with("for 16 GPUs per replica") && wrong.help.contains("tp2/fp8, "),
            "{wrong}"
        );
        let wrong = of("llama-3.1-8b/h100/tp1/int4");
        assert!(wrong.message.ends_with("in int4") && wrong.help.contains("tp1/fp8"), "{wrong}");
        for name in
            ["", "/", "///", "llama-3.1-8b", "llama-3.1-8b/h100", "a/b/tp99999999999", "tp1/tp1/tp1/tp1"]
        {
            assert!(!of(name).help.is_empty(), "{name}");
        }
        assert!(of("qwen3-8b/h100").help.contains("`qwen3-8b/"));
    }
}
