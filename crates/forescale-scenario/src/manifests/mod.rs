//! Kubernetes manifests and Helm values, as deployed.

mod adapter;
mod deployment;
mod documents;
mod endpoint_picker;
mod vllm_args;

pub(crate) use adapter::{Adapter, Rule};
pub(crate) use deployment::{Container, DeploymentManifest};

pub(crate) use endpoint_picker::{EndpointPicker, WaitingLimits};
pub(crate) use vllm_args::VllmArgs;

use crate::error::{ScenarioError, read};
use documents::{Document, documents, typed};
use forescale_core::autoscaler::hpa::api::HorizontalPodAutoscaler;
use std::path::{Path, PathBuf};

/// Kinds that would scale the Deployment: leaving them aside would simulate another cluster.
const AUTOSCALERS: [&str; 5] =
    ["ScaledObject", "PodAutoscaler", "VariantAutoscaling", "VerticalPodAutoscaler", "HTTPScaledObject"];
/// Kinds that could hold the model server.
const WORKLOADS: [&str; 3] = ["StatefulSet", "LeaderWorkerSet", "ReplicaSet"];

/// An object with the file that it stands in.
#[derive(Clone, Debug)]
pub(crate) struct Found<T> {
    pub(crate) file: PathBuf,
    pub(crate) object: T,
}

/// All objects of a scenario that the simulation reads.
#[derive(Clone, Debug, Default)]
pub(crate) struct Manifests {
    pub(crate) hpa: Option<Found<HorizontalPodAutoscaler>>,
    pub(crate) deployment: Option<Found<DeploymentManifest>>,
    pub(crate) endpoint_picker: Option<Found<EndpointPicker>>,
    pub(crate) adapter: Option<Found<Adapter>>,
    /// Objects of other kinds, as `Kind name (file)`.
    pub(crate) ignored: Vec<String>,
}

impl Manifests {
    /// Reads files, and the `.yaml` and `.yml` files in folders in the order of their paths.
    pub(crate) fn load(base: &Path, paths: &[PathBuf], scenario: &Path) -> Result<Self, ScenarioError> {
        let mut manifests = Self::default();
        for path in paths {
            for file in files(&base.join(path), scenario)? {
                let text = read(&file)?;
                for document in documents(&file, &text)? {
                    manifests.take(&file, &document)?;
                }
            }
        }
        Ok(manifests)
    }

    fn take(&mut self, file: &Path, document: &Document) -> Result<(), ScenarioError> {
        match document.kind.as_str() {
            "HorizontalPodAutoscaler" => place(&mut self.hpa, file, document),
            "Deployment" => place(&mut self.deployment, file, document),
            "EndpointPickerConfig" => place(&mut self.endpoint_picker, file, document),
            "ConfigMap" if adapter::is_adapter_config(document) => {
                self.set_adapter(file, Adapter::of_config_map(file, document)?)
            }
            "List" => Err(ScenarioError::new(
                file,
                "`kind: List` is not read yet; write its items as documents of their own, with `---` between them",
            )),
            kind if AUTOSCALERS.contains(&kind) => Err(ScenarioError::new(
                file,
                format!("{kind} `{}` is an autoscaler that is not simulated yet", document.name),
            )),
            kind if WORKLOADS.contains(&kind) => Err(ScenarioError::new(
                file,
                format!("{kind} `{}` is not simulated yet; a Deployment is", document.name),
            )),
            kind => {
                self.ignored.push(format!("{kind} {} ({})", document.name, file.display()));
                Ok(())
            }
        }
    }

    /// Reads the Helm values of prometheus-adapter.
    pub(crate) fn load_adapter_values(&mut self, file: &Path) -> Result<(), ScenarioError> {
        let adapter = Adapter::of_values(file, &read(file)?)?;
        self.set_adapter(file, adapter)
    }

    fn set_adapter(&mut self, file: &Path, adapter: Adapter) -> Result<(), ScenarioError> {
        if let Some(other) = &self.adapter {
            let message = format!("a second set of adapter rules; the first is in {}", other.file.display());
            return Err(ScenarioError::new(file, message));
        }
        self.adapter = Some(Found { file: file.to_owned(), object: adapter });
        Ok(())
    }
}

fn place<T: serde::de::DeserializeOwned>(
    slot: &mut Option<Found<T>>,
    file: &Path,
    document: &Document,
) -> Result<(), ScenarioError> {
    if let Some(other) = slot {
        let message = format!(
            "a second {} (`{}`); the first is in {}. One is simulated per scenario",
            document.kind,
            document.name,
            other.file.display()
        );
        return Err(ScenarioError::new(file, message));
    }
    *slot = Some(Found { file: file.to_owned(), object: typed(file, document)? });
    Ok(())
}

fn files(path: &Path, scenario: &Path) -> Result<Vec<PathBuf>, ScenarioError> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut found = Vec::new();
    collect(path, &mut found)?;
    found.sort();
    match found.is_empty() {
        true => Err(ScenarioError::at(
            scenario,
            "scenario.manifests",
            format!("{} has no .yaml file", path.display()),
        )),
        false => Ok(found),
    }
}

/// The YAML files of a folder and of the folders in it.
fn collect(folder: &Path, found: &mut Vec<PathBuf>) -> Result<(), ScenarioError> {
    let unreadable = |error: std::io::Error| ScenarioError::new(folder, format!("cannot be read: {error}"));
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path.is_dir() {
            collect(&path, found)?;
        } else if path.extension().is_some_and(|extension| extension == "yaml" || extension == "yml") {
            found.push(path);
        }
    }
    Ok(())
}

/// The HPA's namespace.
pub(crate) fn hpa_namespace(hpa: &HorizontalPodAutoscaler) -> &str {
    match hpa.metadata.namespace.as_str() {
        "" => "default",
        namespace => namespace,
    }
}

/// Reads YAML in tests.
#[cfg(test)]
pub(crate) fn typed_for_tests<T: serde::de::DeserializeOwned>(text: &str) -> T {
    documents::parse(Path::new("test.yaml"), text).unwrap()
}
