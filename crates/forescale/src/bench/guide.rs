//! The scenario `burst` with the manifests of llm-d's guide, as a configuration to start from.

use super::BenchError;
use crate::core::RunConfig;
use crate::scenario::Scenario;

/// A path in `scenarios/`, with the file.
macro_rules! file {
    ($path:literal) => {
        ($path, include_str!(concat!("../../../../scenarios/", $path)))
    };
}

const FILES: [(&str, &str); 5] = [
    file!("burst.toml"),
    file!("manifests/llm-d/deployment.yaml"),
    file!("manifests/llm-d/endpoint-picker-config.yaml"),
    file!("manifests/llm-d/hpa.yaml"),
    file!("manifests/prometheus-adapter-values.yaml"),
];

/// The configuration of the scenario with some values replaced, as `sim --set` takes them.
pub(super) fn guide(sets: &[String]) -> Result<RunConfig, BenchError> {
    let folder = tempfile::tempdir()?;
    for (path, text) in FILES {
        let path = folder.path().join(path);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent)?;
        }
        std::fs::write(path, text)?;
    }
    Ok(Scenario::load_with(&folder.path().join("burst.toml"), sets)?.config)
}
