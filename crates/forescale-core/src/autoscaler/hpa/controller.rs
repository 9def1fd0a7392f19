//! The controller's memory for one HPA, and one sync.

use super::api::Spec;
use super::condition::{ConditionType, Message};
use super::event::{self, Write};
use super::history::History;
use super::messages;
use super::normalize::Wish;
use super::observed::{Observed, Scale};
use super::reasons::{Branch, LimitReason, Reasons};
use super::replica_calculator::ReplicaCalculator;
use super::sync::{Sync, SyncError};
use super::{FeatureGates, Flags, Status};
use forescale_kernel::Timestamp;

/// The HPA controller of kube-controller-manager 1.36.2, as far as it concerns one HPA.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Controller {
    flags: Flags,
    gates: FeatureGates,
    /// Empty for `default`.
    namespace: String,
    history: History,
    status: Status,
}

impl Controller {
    /// A controller that has not seen the HPA yet; the HPA has no status.
    pub fn new(flags: Flags, gates: FeatureGates) -> Self {
        Self { flags, gates, ..Self::default() }
    }

    /// The same for an HPA in this namespace, which messages name; else it is in `default`.
    #[must_use]
    pub fn in_namespace(self, namespace: &str) -> Self {
        Self { namespace: namespace.to_owned(), ..self }
    }

    fn namespace(&self) -> &str {
        if self.namespace.is_empty() { "default" } else { &self.namespace }
    }

    /// Forgets recommendations and scale events, as a restart of kube-controller-manager does. The status stays.
    pub fn restart(&mut self) {
        self.history = History::default();
    }

    /// The flags.
    pub const fn flags(&self) -> &Flags {
        &self.flags
    }

    /// The memory that a restart loses.
    pub const fn history(&self) -> &History {
        &self.history
    }

    /// The HPA's status as last written.
    pub const fn status(&self) -> &Status {
        &self.status
    }

    /// One sync (`reconcileAutoscaler` in horizontal.go, Kubernetes 1.36.2).
    ///
    /// The spec may differ from one sync to the next; history and status stay. `now` must not go backwards.
    pub fn reconcile(&mut self, now: Timestamp, spec: &Spec, observed: &Observed<'_>) -> Sync {
        let mut pass =
            Pass { now, spec, observed, reasons: Reasons::default(), recommendation: None, error: None };
        let write = self.pass(&mut pass);
        let error = pass.error.as_ref();
        let events = event::of_sync(self.namespace(), spec, &pass.reasons, error, write.as_ref());
        let written = write.filter(|_| !matches!(error, Some(SyncError::FailedUpdateScale(_))));
        Sync {
            rescale: written.map(|write| write.replicas),
            events,
            recommendation: pass.recommendation,
            status: self.status.clone(),
            error: pass.error,
            reasons: pass.reasons,
        }
    }

    /// The write of a new count, if one was tried; whether it failed is in the error.
    fn pass(&mut self, pass: &mut Pass<'_>) -> Option<Write> {
        let now = pass.now;
        let scale = match &pass.observed.scale {
            Ok(scale) => *scale,
            Err(message) => {
                let text = messages::no_scale(message);
                self.set_with(now, ConditionType::AbleToScale, false, "FailedGetScale", text);
                pass.error = Some(SyncError::FailedGetScale(message.clone()));
                return None;
            }
        };
        let current = scale.spec_replicas;
        pass.reasons.current_replicas = current;
        self.set(now, ConditionType::AbleToScale, true, "SucceededGetScale");
        self.history.start(now, current);

        let (min, max) = (pass.spec.min_replicas, pass.spec.max_replicas);
        let scaled_to_zero =
            self.gates.hpa_scale_to_zero && self.status.conditions.is_true(ConditionType::ScaledToZero);
        let may_leave_zero = scaled_to_zero && (min != 0 || pass.spec.has_object_or_external());
        // What the sync starts from is what the status says, whatever it decides.
        self.status.current_replicas = current;
        self.status.current_metrics.clear();
        let (desired, event_reason) = if current == 0 && !may_leave_zero {
            pass.reasons.branch = Branch::Disabled;
            self.set(now, ConditionType::ScalingActive, false, "ScalingDisabled");
            if !self.gates.hpa_scale_to_zero {
                self.status.conditions.remove(ConditionType::ScaledToZero);
            }
            (0, String::new())
        } else if current > max {
            pass.reasons.branch = Branch::AboveMax(max);
            (max, "Current number of replicas above Spec.MaxReplicas".to_owned())
        } else if current != 0 && current < min {
            pass.reasons.branch = Branch::BelowMin(min);
            (min, "Current number of replicas below Spec.MinReplicas".to_owned())
        } else {
            self.desired_by_metrics(pass, scale, scaled_to_zero)?
        };
        if desired == current {
            self.status.desired_replicas = desired;
            return None;
        }
        self.rescale(pass, current, desired);
        Some(Write { replicas: desired, reason: event_reason })
    }

    /// Replicas wished after windows, policies, min and max, and the reason for an event; none if metrics failed.
    fn desired_by_metrics(
        &mut self,
        pass: &mut Pass<'_>,
        scale: Scale,
        scaled_to_zero: bool,
    ) -> Option<(i32, String)> {
        let (now, spec, current) = (pass.now, pass.spec, scale.spec_replicas);
        let best = self.combine(pass, scale)?.max(0);
        let winner = pass.reasons.winner.and_then(|i| pass.reasons.metrics.get(i));
        let text = messages::valid_metric(winner.map_or("", |metric| &metric.event_name));
        self.set_with(now, ConditionType::ScalingActive, true, "ValidMetricFound", text);
        let event_reason = match best.cmp(&current) {
            std::cmp::Ordering::Greater => {
                winner.map_or_else(String::new, |m| format!("{} above target", m.event_name))
            }
            std::cmp::Ordering::Less => "All metrics below target".to_owned(),
            std::cmp::Ordering::Equal => String::new(),
        };
        let wish = Wish {
            now,
            spec,
            current,
            desired: best,
            downscale_stabilization: self.flags.downscale_stabilization,
        };
        let mut normalized = match &spec.behavior {
            Some(behavior) => wish.with_behavior(behavior, &mut self.history),
            None => wish.without_behavior(&mut self.history),
        };
        pass.recommendation = Some(best);
        self.set(now, ConditionType::AbleToScale, true, normalized.able_to_scale);
        let limit = normalized.clamp.reason;
        self.set(
            now,
            ConditionType::ScalingLimited,
            limit != LimitReason::DesiredWithinRange,
            limit.as_str(),
        );
        let mut desired = normalized.clamp.after;
        if current == 0 && spec.min_replicas != 0 && scaled_to_zero && desired < spec.min_replicas {
            desired = spec.min_replicas;
            normalized.clamp.raised_to_min = Some(desired);
        }
        pass.reasons.stabilization = Some(normalized.stabilization);
        pass.reasons.clamp = Some(normalized.clamp);
        Some((desired, event_reason))
    }

    /// The largest proposal (`computeReplicasForMetrics` in horizontal.go, Kubernetes 1.36.2). None, with the sync's error
    /// set, if all metrics failed, or some did and the others ask for fewer replicas than there are.
    fn combine(&mut self, pass: &mut Pass<'_>, scale: Scale) -> Option<i32> {
        let behavior = pass.spec.behavior.as_ref();
        let calculator = ReplicaCalculator::new(pass.now, &self.flags, self.gates, behavior);
        let mut best = 0;
        let mut failed = 0;
        let mut first_failure = None;
        for (i, metric) in pass.spec.metrics.iter().enumerate() {
            let reason = calculator.compute(metric, scale, pass.observed);
            match &reason.outcome {
                Ok(evaluation) => {
                    if best == 0 || evaluation.proposal > best {
                        best = evaluation.proposal;
                        pass.reasons.winner = Some(i);
                    }
                }
                Err(failure) => {
                    failed += 1;
                    first_failure.get_or_insert_with(|| failure.clone());
                }
            }
            self.status.current_metrics.push(reason.outcome.as_ref().ok().map(|e| e.current.clone()));
            pass.reasons.metrics.push(reason);
        }
        let of = pass.spec.metrics.len();
        let undecided = failed == of || failed > 0 && best < scale.spec_replicas;
        let reason = first_failure.as_ref().map_or("InvalidMetricSourceType", |f| f.reason);
        if let Some(failure) = first_failure {
            pass.error = Some(SyncError::Metrics { failed, of, reason, message: failure.message });
        }
        if undecided {
            pass.reasons.branch = Branch::MetricsFailed;
            pass.reasons.winner = None;
            let failures = pass.spec.metrics.iter().zip(&pass.reasons.metrics);
            let mut errors = failures.filter_map(|(metric, reason)| {
                let failure = reason.outcome.as_ref().err()?;
                Some(messages::metric_error(self.namespace(), metric, failure))
            });
            let text = messages::unable_to_compute(&errors.next().unwrap_or_default());
            self.set_with(pass.now, ConditionType::ScalingActive, false, reason, text);
            return None;
        }
        pass.reasons.branch = Branch::Metrics;
        Some(best)
    }

    /// Writes the new count.
    fn rescale(&mut self, pass: &mut Pass<'_>, current: i32, desired: i32) {
        let (now, spec) = (pass.now, pass.spec);
        if let Err(message) = &pass.observed.scale_update {
            let text = messages::no_update(message);
            self.set_with(now, ConditionType::AbleToScale, false, "FailedUpdateScale", text);
            pass.error = Some(SyncError::FailedUpdateScale(message.clone()));
            return;
        }
        let text = messages::rescaled(desired);
        self.set_with(now, ConditionType::AbleToScale, true, "SucceededRescale", text);
        if let Some(behavior) = &spec.behavior {
            self.history.store_event(now, current, desired, &behavior.scale_up, &behavior.scale_down);
        }
        if self.gates.hpa_scale_to_zero {
            let to_zero =
                current > 0 && desired == 0 && spec.min_replicas == 0 && spec.has_object_or_external();
            let reason = if to_zero { "ScaledToZero" } else { "NotScaledToZero" };
            self.set(now, ConditionType::ScaledToZero, to_zero, reason);
        } else {
            self.status.conditions.remove(ConditionType::ScaledToZero);
        }
        self.status.desired_replicas = desired;
        self.status.last_scale_time = Some(now);
    }

    fn set(&mut self, now: Timestamp, condition: ConditionType, value: bool, reason: &'static str) {
        self.status.conditions.set(now, condition, value, reason);
    }

    fn set_with(
        &mut self,
        now: Timestamp,
        condition: ConditionType,
        value: bool,
        reason: &'static str,
        message: String,
    ) {
        self.status.conditions.set_with(now, condition, value, reason, Message::Shared(message.into()));
    }
}

/// What one sync works on.
struct Pass<'a> {
    now: Timestamp,
    spec: &'a Spec,
    observed: &'a Observed<'a>,
    reasons: Reasons,
    recommendation: Option<i32>,
    error: Option<SyncError>,
}
