//! What the API server makes of a new HPA: it stores it with defaults, refuses it, or cannot read it.

use super::Outcome;
use super::control_plane::GatesRecord;
use forescale_core::autoscaler::hpa::FeatureGates;
use forescale_core::autoscaler::hpa::api::HorizontalPodAutoscalerSpec;
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
struct Case {
    gates: GatesRecord,
    spec: Value,
    #[serde(flatten)]
    expected: Answer,
}

/// The answer, under the key that a recording has for it.
#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Answer {
    /// Stored: minReplicas, metrics and behavior with defaults, and quantities as they are kept.
    Accepted(Value),
    /// Refused: path and type of each cause, sorted.
    Errors(Vec<(String, String)>),
    /// Not readable. Recordings write `true`.
    DecodeError(bool),
}

pub(super) fn replay(value: Value) -> Result<Outcome, String> {
    let case: Case = serde_json::from_value(value).map_err(|e| e.to_string())?;
    if case.expected == Answer::DecodeError(false) {
        return Err("`decode_error` is true or absent".to_owned());
    }
    let (came, why) = answer(&case.spec, case.gates.into())?;
    let difference =
        (came != case.expected).then(|| format!("expected {:?}, came {came:?}{why}", case.expected));
    Ok(Outcome::of(difference))
}

/// The answer, and what else helps to understand it.
fn answer(spec: &Value, gates: FeatureGates) -> Result<(Answer, String), String> {
    let spec = match HorizontalPodAutoscalerSpec::deserialize(spec) {
        Ok(spec) => spec,
        Err(error) => return Ok((Answer::DecodeError(true), format!(" ({error})"))),
    };
    let causes = spec.causes(gates);
    if causes.is_empty() {
        let stored = serde_json::to_value(spec.defaulted(gates)).map_err(|e| e.to_string())?;
        let field = |name: &str| stored.get(name).cloned().unwrap_or_default();
        let fields = json!({
            "minReplicas": field("minReplicas"),
            "metrics": field("metrics"),
            "behavior": field("behavior"),
        });
        return Ok((Answer::Accepted(fields), String::new()));
    }
    let mut errors: Vec<(String, String)> = causes
        .iter()
        .map(|cause| (cause.field.to_string(), cause.reason.error_type.as_str().to_owned()))
        .collect();
    errors.sort_unstable();
    let sentences: Vec<String> = causes.iter().map(ToString::to_string).collect();
    Ok((Answer::Errors(errors), format!(" ({})", sentences.join("; "))))
}
