//! The Deployment, its pods' model server, and cold starts.

use super::Context;
use crate::engine::{engine, warn_about_image};
use crate::error::ScenarioError;
use crate::manifests::{Container, DeploymentManifest, Found, Manifests, VllmArgs};
use crate::profile::Profile;
use crate::raw::{RawColdStart, RawScenario};
use forescale_core::cluster::{ClusterConfig, ColdStart, Deployment, Probe, StartPhase};
use forescale_core::replica::{ModelServerConfig, TestEngineConfig};
use forescale_kernel::SimDuration;

/// The cluster with what its pods run.
pub(super) struct Cluster {
    pub(super) config: ClusterConfig,
    pub(super) model_server: ModelServerConfig,
    pub(super) model_name: String,
}

/// More pods than any simulated Deployment may have.
pub(super) const MOST_REPLICAS: u32 = 10_000;

pub(super) fn resolve(
    context: &mut Context<'_>,
    raw: &RawScenario,
    manifests: &Manifests,
) -> Result<Cluster, ScenarioError> {
    let cold_start = cold_start(&raw.cluster.cold_start);
    let Some(found) = &manifests.deployment else {
        let replicas = raw.cluster.replicas.unwrap_or(1);
        let (model_server, model_name, gpus_per_pod) = model_server(context, raw, None)?;
        let deployment = Deployment { replicas, gpus_per_pod, ..Deployment::default() };
        if replicas > MOST_REPLICAS {
            return Err(context.error(
                "cluster.replicas",
                format!("{replicas} are more than can be simulated ({MOST_REPLICAS})"),
            ));
        }
        return Ok(Cluster { config: ClusterConfig { deployment, cold_start }, model_server, model_name });
    };
    if raw.cluster.replicas.is_some() {
        let message = format!("the Deployment in {} says how many replicas there are", found.file.display());
        return Err(context.error("cluster.replicas", message));
    }
    let in_file = |message: String| ScenarioError::new(&found.file, message);
    if found.object.api_version != "apps/v1" {
        return Err(in_file(format!(
            "apiVersion `{}` of a Deployment; Kubernetes has apps/v1",
            found.object.api_version
        )));
    }
    let container = found.object.server().map_err(in_file)?;
    let args = VllmArgs::parse(&container.command_line().map_err(in_file)?).map_err(in_file)?;
    warn_about_image(container, &mut context.warnings);
    let (model_server, model_name, gpus) = model_server(context, raw, Some((found, &args)))?;
    let mut deployment = deployment(found, container, &args)?;
    match deployment.gpus_per_pod {
        0 => deployment.gpus_per_pod = gpus,
        given if given != gpus => {
            let profile = raw.model_server.profile.as_deref().unwrap_or("the test engine");
            return Err(in_file(format!("a pod has {given} GPUs, but {profile} is for {gpus}")));
        }
        _ => {}
    }
    if deployment.replicas > MOST_REPLICAS {
        return Err(in_file(format!(
            "spec.replicas: {} are more than can be simulated ({MOST_REPLICAS})",
            deployment.replicas
        )));
    }
    warn_about_start(context, container, &cold_start);
    Ok(Cluster { config: ClusterConfig { deployment, cold_start }, model_server, model_name })
}

/// What each pod runs, the model's name in metrics, and the GPUs that the profile is for.
fn model_server(
    context: &mut Context<'_>,
    raw: &RawScenario,
    deployed: Option<(&Found<DeploymentManifest>, &VllmArgs)>,
) -> Result<(ModelServerConfig, String, u32), ScenarioError> {
    let server = &raw.model_server;
    let no_args = VllmArgs::default();
    let args = deployed.map_or(&no_args, |(_, args)| args);
    let named = args.served_model_name.clone().or_else(|| args.model.clone());
    match (&server.profile, &server.test_engine) {
        (Some(_), Some(_)) => Err(context
            .error("model_server.test_engine", "a model server has a profile or is a test engine, not both")),
        (None, Some(test)) => {
            if test.seats == 0 {
                return Err(context.error("model_server.test_engine.seats", "must be at least 1"));
            }
            let config = TestEngineConfig { seats: test.seats, service: test.service.0 };
            Ok((ModelServerConfig::Test(config), named.unwrap_or_else(|| "test".to_owned()), 1))
        }
        (Some(name), None) => {
            let profile =
                Profile::find(name).map_err(|message| context.error("model_server.profile", message))?;
            let config = engine(profile, args, &mut context.warnings).map_err(|message| match deployed {
                Some((found, _)) => ScenarioError::new(&found.file, message),
                None => context.error("model_server.profile", message),
            })?;
            if let Some(model) = &args.model
                && !model.to_lowercase().contains(profile.model())
            {
                context
                    .warnings
                    .push(format!("the Deployment serves `{model}`, simulated is {}", profile.name));
            }
            let model_name = named.unwrap_or_else(|| profile.model_name.to_owned());
            Ok((ModelServerConfig::Vllm(config), model_name, profile.tensor_parallel_size))
        }
        (None, None) => {
            Err(context.error("model_server.profile", "is missing: which model on which GPU does a pod run?"))
        }
    }
}

fn deployment(
    found: &Found<DeploymentManifest>,
    container: &Container,
    args: &VllmArgs,
) -> Result<Deployment, ScenarioError> {
    let in_file = |message: String| ScenarioError::new(&found.file, message);
    let manifest = &found.object;
    let seconds = SimDuration::from_secs;
    let probe = container.startup_probe.or(container.readiness_probe);
    if probe.is_some_and(|probe| {
        probe.period_seconds == Some(0) || probe.success_threshold.is_some_and(|n| n != 1)
    }) {
        return Err(in_file(
            "a probe needs periodSeconds above 0; successThreshold other than 1 is not simulated".to_owned(),
        ));
    }
    Ok(Deployment {
        name: manifest.metadata.name.clone(),
        namespace: manifest.metadata.namespace.clone().unwrap_or_else(|| "default".to_owned()),
        replicas: manifest.spec.replicas.unwrap_or(1),
        gpus_per_pod: container.gpus().map_err(in_file)?,
        probe: probe.map(|probe| Probe {
            initial_delay: seconds(probe.initial_delay_seconds),
            period: seconds(probe.period_seconds.unwrap_or(10)),
        }),
        termination_grace_period: seconds(
            manifest.spec.template.spec.termination_grace_period_seconds.unwrap_or(30),
        ),
        pre_stop: seconds(container.pre_stop_seconds().map_err(in_file)?),
        shutdown_timeout: seconds(args.shutdown_timeout.unwrap_or(0)),
    })
}

/// The kubelet restarts a container that its startup probe does not see alive in time, which is not simulated.
fn warn_about_start(context: &mut Context<'_>, container: &Container, cold_start: &ColdStart) {
    let Some(probe) = container.startup_probe else { return };
    let patience = probe.initial_delay_seconds
        + probe.period_seconds.unwrap_or(10) * probe.failure_threshold.unwrap_or(3);
    let start: f64 = [StartPhase::Bootstrap, StartPhase::Weights, StartPhase::Compile, StartPhase::Engine]
        .iter()
        .map(|phase| cold_start.get(*phase).mean())
        .sum();
    if start >= patience as f64 {
        context.warnings.push(format!(
            "a container takes {start:.0} s to listen in the mean, its startup probe gives up after {patience} s; the kubelet would restart it, which is not simulated"
        ));
    }
}

fn cold_start(raw: &RawColdStart) -> ColdStart {
    let mut cold_start = ColdStart::default();
    for (phase, duration) in [
        (StartPhase::Node, raw.node),
        (StartPhase::ImagePull, raw.image_pull),
        (StartPhase::Bootstrap, raw.bootstrap),
        (StartPhase::Weights, raw.weights),
        (StartPhase::Compile, raw.compile),
        (StartPhase::Engine, raw.engine),
    ] {
        if let Some(duration) = duration {
            cold_start.set(phase, duration.0);
        }
    }
    cold_start
}
