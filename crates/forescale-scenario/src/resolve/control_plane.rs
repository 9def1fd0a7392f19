//! The Kubernetes control plane: release, feature gates and flags.

use crate::codes;
use crate::context::{Context, Told};
use crate::raw::{RawKubernetes, RawWithinTolerance};
use forescale_core::autoscaler::hpa::{FeatureGates, Flags, KubernetesVersion, WithinTolerance};
use forescale_document::{Code, nearest};
use forescale_kernel::SimDuration;

/// The shortest period of syncs.
const SHORTEST: SimDuration = SimDuration::from_ms(100);

/// What decides when and how an HPA is synced.
#[derive(Clone, Copy)]
pub(super) struct ControlPlane {
    pub(super) gates: FeatureGates,
    pub(super) flags: Flags,
    pub(super) sync_duration: SimDuration,
}

pub(super) fn resolve(context: &mut Context, raw: &RawKubernetes) -> Told<ControlPlane> {
    let gates = version(context, raw).and_then(|version| gates(context, raw, version));
    let flags = flags(context, raw);
    Ok(ControlPlane { gates: gates?, flags: flags?, sync_duration: raw.hpa_sync_duration.0 })
}

fn version(context: &mut Context, raw: &RawKubernetes) -> Told<KubernetesVersion> {
    let name = &raw.version;
    match name.parse() {
        Ok(version) => Ok(version),
        Err(()) => {
            let names = KubernetesVersion::ALL.map(KubernetesVersion::name);
            let message = format!("`{}` is no release of Kubernetes that is simulated", name.as_str());
            let diagnostic = context.error(codes::UNKNOWN_REFERENCE, name.span(), message);
            let diagnostic = match nearest(name, names) {
                Some(near) => diagnostic.label(format!("did you mean `{near}`?")),
                None => diagnostic,
            };
            context.fail(diagnostic.help(format!("simulated are {}", names.join(" and "))))
        }
    }
}

/// The gates that are given, the others as the release has them.
fn gates(context: &mut Context, raw: &RawKubernetes, version: KubernetesVersion) -> Told<FeatureGates> {
    let (given, default) = (&raw.feature_gates, version.feature_gates());
    if let Some(gate) = given.hpa_generation.filter(|_| !version.has_hpa_generation()) {
        let message = format!("Kubernetes {} has no feature gate `HPAGeneration`", version.name());
        let diagnostic = context.error(codes::UNKNOWN_REFERENCE, gate.span(), message);
        return context.fail(diagnostic.help("take it out, or write `kubernetes.version = \"1.37\"`"));
    }
    Ok(FeatureGates {
        hpa_scale_to_zero: given.hpa_scale_to_zero.unwrap_or(default.hpa_scale_to_zero),
        hpa_configurable_tolerance: given
            .hpa_configurable_tolerance
            .unwrap_or(default.hpa_configurable_tolerance),
        hpa_generation: given.hpa_generation.map_or(default.hpa_generation, |gate| *gate),
    })
}

fn flags(context: &mut Context, raw: &RawKubernetes) -> Told<Flags> {
    let given = &raw.kube_controller_manager;
    let period = given.horizontal_pod_autoscaler_sync_period;
    let is_long = if period.0 < SHORTEST {
        let message = format!("`horizontal-pod-autoscaler-sync-period` must be at least {SHORTEST}");
        context.fail(context.error(Code::OUT_OF_RANGE, period.span(), message))
    } else {
        Ok(())
    };
    let tolerance = given.horizontal_pod_autoscaler_tolerance;
    if !(tolerance.is_finite() && *tolerance >= 0.0) {
        let message = "`horizontal-pod-autoscaler-tolerance` must be 0 or more";
        return context.fail(context.error(Code::OUT_OF_RANGE, tolerance.span(), message));
    }
    is_long?;
    Ok(Flags {
        sync_period: period.0,
        downscale_stabilization: given.horizontal_pod_autoscaler_downscale_stabilization.0,
        tolerance: *tolerance,
        cpu_initialization_period: given.horizontal_pod_autoscaler_cpu_initialization_period.0,
        initial_readiness_delay: given.horizontal_pod_autoscaler_initial_readiness_delay.0,
        within_tolerance: match raw.hpa_within_tolerance {
            RawWithinTolerance::StatusReplicas => WithinTolerance::StatusReplicas,
            RawWithinTolerance::SpecReplicas => WithinTolerance::SpecReplicas,
        },
    })
}
