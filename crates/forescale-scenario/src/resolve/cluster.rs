//! The Deployment, its pods' model server, and cold starts.

use crate::codes;
use crate::context::{Context, Told};
use crate::engine::{engine, warn_about_image};
use crate::manifests::{Container, DeploymentManifest, Found, Manifests, VllmArgs};
use crate::profile::{GpuClass, Profile, Tier, is_file};
use crate::raw::{RawColdStart, RawScenario};
use crate::text::{duration_dist, phase_duration};
use forescale_core::cluster::{ClusterConfig, ColdStart, Deployment, Probe, StartPhase};
use forescale_core::replica::{ModelServerConfig, TestEngineConfig};
use forescale_document::{Code, Spanned};
use forescale_kernel::SimDuration;
use std::path::Path;

/// The cluster with what its pods run.
pub(super) struct Cluster {
    pub(super) config: ClusterConfig,
    pub(super) model_server: ModelServerConfig,
    pub(super) model_name: String,
    /// The Deployment's arguments.
    pub(super) args: Option<VllmArgs>,
    /// The profile's; none for the test engine.
    pub(super) gpu_class: Option<GpuClass>,
}

/// More pods than any simulated Deployment may have.
pub(super) const MOST_REPLICAS: u32 = 10_000;

pub(super) fn resolve(
    context: &mut Context,
    raw: &RawScenario,
    base: &Path,
    manifests: &Manifests,
) -> Told<Cluster> {
    let cold_start = cold_start(context, &raw.cluster.cold_start);
    let Some(found) = &manifests.deployment else {
        let replicas = raw.cluster.replicas.unwrap_or(Spanned::new(1));
        let server = model_server(context, raw, base, None);
        check_replicas(context, &replicas, "cluster.replicas")?;
        let server = server?;
        let deployment =
            Deployment { replicas: *replicas, gpus_per_pod: server.gpus, ..Deployment::default() };
        let config = ClusterConfig { deployment, cold_start: cold_start? };
        return Ok(Cluster {
            config,
            model_server: server.config,
            model_name: server.model_name,
            args: None,
            gpu_class: server.gpu_class,
        });
    };
    let replicas = match &raw.cluster.replicas {
        Some(replicas) => {
            let message = "the Deployment says how many replicas there are";
            let diagnostic = context.error(Code::CONTRADICTION, replicas.key_span(), message);
            let there = found.object.spec.replicas.as_ref().and_then(|replicas| replicas.span());
            context.fail(diagnostic.related(there.unwrap_or(found.source.place), "here"))
        }
        None => Ok(()),
    };
    found.object.check(context, found.source.place)?;
    let container = found.object.server(context)?;
    let args = container.command_line(context).and_then(|words| VllmArgs::parse(context, &words));
    warn_about_image(context, container);
    let deployment = deployment(context, found, container);
    let args = args?;
    let server = model_server(context, raw, base, Some((found, &args)))?;
    let (mut deployment, cold_start) = (deployment?, cold_start?);
    replicas?;
    deployment.shutdown_timeout = SimDuration::from_secs(args.shutdown_timeout.unwrap_or(0));
    let gpus = container.gpus(context)?;
    deployment.gpus_per_pod = match *gpus {
        0 => server.gpus,
        given if given != server.gpus => {
            let profile = raw.model_server.profile.as_ref();
            let name = profile.map_or("the test engine", |profile| profile.as_str());
            let message = format!("a pod has {given} GPUs, but {name} is for {}", server.gpus);
            let diagnostic = context.error(Code::CONTRADICTION, gpus.span(), message);
            return context
                .fail(diagnostic.related(profile.and_then(|profile| profile.span()), "the profile"));
        }
        given => given,
    };
    warn_about_start(context, container, &cold_start);
    let config = ClusterConfig { deployment, cold_start };
    Ok(Cluster {
        config,
        model_server: server.config,
        model_name: server.model_name,
        args: Some(args),
        gpu_class: server.gpu_class,
    })
}

fn check_replicas(context: &mut Context, replicas: &Spanned<u32>, key: &str) -> Told<()> {
    match **replicas <= MOST_REPLICAS {
        true => Ok(()),
        false => {
            let message = format!("`{key}`: {} are more than can be simulated ({MOST_REPLICAS})", **replicas);
            context.fail(context.error(codes::NOT_SIMULATED, replicas.span(), message))
        }
    }
}

/// What each pod runs, the model's name in metrics, and the GPUs that the profile is for.
struct ModelServer {
    config: ModelServerConfig,
    model_name: String,
    gpus: u32,
    gpu_class: Option<GpuClass>,
}

fn model_server(
    context: &mut Context,
    raw: &RawScenario,
    base: &Path,
    deployed: Option<(&Found<DeploymentManifest>, &VllmArgs)>,
) -> Told<ModelServer> {
    let server = &raw.model_server;
    let no_args = VllmArgs::default();
    let args = deployed.map_or(&no_args, |(_, args)| args);
    let named = args.served_model_name.clone().or_else(|| args.model.clone());
    match (&server.profile, &server.test_engine) {
        (Some(profile), Some(test)) => {
            let message = "a model server has a profile or is a test engine, not both";
            let diagnostic = context.error(Code::CONTRADICTION, test.key_span(), message);
            context.fail(diagnostic.related(profile.key_span(), "the profile"))
        }
        (None, Some(test)) => {
            let service = match duration_dist(&test.service) {
                Ok(service) => Ok(service),
                Err(refusal) => {
                    let diagnostic =
                        context.refused(refusal, test.service.span(), "model_server.test_engine.service");
                    context.fail(diagnostic)
                }
            };
            if *test.seats == 0 {
                let message = "`model_server.test_engine.seats` must be at least 1";
                return context.fail(context.error(Code::OUT_OF_RANGE, test.seats.span(), message));
            }
            let config = ModelServerConfig::Test(TestEngineConfig { seats: *test.seats, service: service? });
            let model_name = named.unwrap_or_else(|| "test".to_owned());
            Ok(ModelServer { config, model_name, gpus: 1, gpu_class: None })
        }
        (Some(name), None) => {
            let profile = &profile(context, base, name)?;
            let config = engine(context, profile, args, name.span())?;
            if let Some(model) = &args.model
                && !profile.serves(model)
            {
                let message = format!("the Deployment serves `{model}`, simulated is {}", profile.name);
                context.warn(codes::SIMULATED_OTHERWISE, args.place("model").or(name.span()), message);
            }
            warn_about_profile(context, profile, name);
            let model_name = named.unwrap_or_else(|| profile.model_name.clone());
            let config = ModelServerConfig::Vllm(config);
            let gpu_class = Some(profile.gpu_class);
            Ok(ModelServer { config, model_name, gpus: profile.tensor_parallel_size, gpu_class })
        }
        (None, None) => {
            let message = "`model_server.profile` is missing: which model on which GPU does a pod run?";
            let diagnostic = context.error(Code::MISSING_KEY, server.key_span(), message);
            let help = "write for example `profile = \"llama-3.1-8b/h100-sxm-80gb/tp1\"`; `sim profile list` shows all";
            context.fail(diagnostic.help(help))
        }
    }
}

/// A warning where nobody has measured what is simulated.
fn warn_about_profile(context: &mut Context, profile: &Profile, name: &Spanned<String>) {
    if profile.tier == Tier::Derived {
        let error = profile.accuracy.mape_percent.unwrap_or_default();
        let message = format!(
            "the step times of {} are derived (roofline), not measured; such ones were off by {error:.0} % in the mean where they could be checked",
            profile.name
        );
        context.warn(codes::DERIVED_STEP_TIME, name.span(), message);
    }
}

/// The profile of a file, relative to the scenario, or of the library.
fn profile(context: &mut Context, base: &Path, name: &Spanned<String>) -> Told<Profile> {
    if is_file(name) {
        return Profile::read(context, &base.join(name.as_str()), name, name.span());
    }
    Profile::lookup(name).cloned().or_else(|unknown| {
        let diagnostic = context.error(codes::UNKNOWN_REFERENCE, name.span(), unknown.message);
        let diagnostic = match unknown.near {
            Some(near) => diagnostic.label(format!("did you mean `{near}`?")),
            None => diagnostic,
        };
        context.fail(diagnostic.help(unknown.help))
    })
}

fn deployment(
    context: &mut Context,
    found: &Found<DeploymentManifest>,
    container: &Container,
) -> Told<Deployment> {
    let manifest = &found.object;
    let seconds = SimDuration::from_secs;
    let replicas = manifest.spec.replicas.unwrap_or(Spanned::new(1));
    let checked = check_replicas(context, &replicas, "spec.replicas");
    let probe = container.startup_probe.or(container.readiness_probe);
    let grace = manifest.grace_period_seconds();
    let pre_stop = container.pre_stop_seconds(context, grace);
    let probe = match probe {
        Some(probe) if probe.period_seconds == Some(0) => {
            let message = "`periodSeconds` of a probe must be at least 1";
            context.fail(context.error(codes::REJECTED, probe.key_span(), message))
        }
        Some(probe) if probe.success_threshold.is_some_and(|threshold| threshold != 1) => {
            let message = "a `successThreshold` other than 1 is not simulated";
            context.fail(context.error(codes::NOT_SIMULATED, probe.key_span(), message))
        }
        probe => Ok(probe),
    };
    checked?;
    Ok(Deployment {
        name: manifest.metadata.name().to_owned(),
        namespace: manifest.metadata.namespace().to_owned(),
        replicas: *replicas,
        gpus_per_pod: 0,
        probe: probe?.map(|probe| Probe {
            initial_delay: seconds(probe.initial_delay_seconds),
            period: seconds(probe.period_seconds.unwrap_or(10)),
        }),
        termination_grace_period: seconds(grace),
        pre_stop: seconds(pre_stop?),
        shutdown_timeout: SimDuration::ZERO,
    })
}

/// The kubelet restarts a container that its startup probe does not see alive in time, which is not simulated.
fn warn_about_start(context: &mut Context, container: &Container, cold_start: &ColdStart) {
    let Some(probe) = container.startup_probe else { return };
    let tries = probe.period_seconds.unwrap_or(10).saturating_mul(probe.failure_threshold.unwrap_or(3));
    let patience = probe.initial_delay_seconds.saturating_add(tries);
    let start: f64 = [StartPhase::Bootstrap, StartPhase::Weights, StartPhase::Compile, StartPhase::Engine]
        .iter()
        .map(|phase| cold_start.get(*phase).mean())
        .sum();
    if start >= patience as f64 {
        let message = format!(
            "a container takes {start:.0} s to listen in the mean, its startup probe gives up after {patience} s; the kubelet would restart it, which is not simulated"
        );
        context.warn(codes::IMPATIENT_PROBE, probe.key_span(), message);
    }
}

fn cold_start(context: &mut Context, raw: &RawColdStart) -> Told<ColdStart> {
    let mut cold_start = ColdStart::default();
    let mut is_fine = Ok(());
    let phases = [
        (StartPhase::Node, "node", &raw.node),
        (StartPhase::ImagePull, "image_pull", &raw.image_pull),
        (StartPhase::Bootstrap, "bootstrap", &raw.bootstrap),
        (StartPhase::Weights, "weights", &raw.weights),
        (StartPhase::Compile, "compile", &raw.compile),
        (StartPhase::Engine, "engine", &raw.engine),
    ];
    for (phase, name, given) in phases {
        let Some(given) = given else { continue };
        match phase_duration(given) {
            Ok(duration) => cold_start.set(phase, duration),
            Err(refusal) => {
                let diagnostic =
                    context.refused(refusal, given.span(), &format!("cluster.cold_start.{name}"));
                is_fine = context.fail(diagnostic);
            }
        }
    }
    is_fine.map(|()| cold_start)
}
