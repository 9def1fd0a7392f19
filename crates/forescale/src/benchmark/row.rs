//! One measured loop.

use forescale::bench::T1;
use serde_json::{Value, json};

/// What a loop ran.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Subject {
    /// `T1`, `T3` or `AZ`.
    pub(super) name: &'static str,
    /// `None` leaves it to the guide's HPA.
    pub(super) replicas: Option<u32>,
    /// Mean of the output in tokens, where it is drawn.
    pub(super) output_mean: Option<f64>,
    pub(super) prefix_caching: bool,
}

impl Subject {
    pub(super) fn of(t1: &T1, name: &'static str) -> Self {
        Self {
            name,
            replicas: Some(t1.replicas),
            output_mean: Some(t1.output_mean),
            prefix_caching: t1.prefix_caching,
        }
    }

    pub(super) fn azure(replicas: Option<u32>) -> Self {
        Self { name: "AZ", replicas, output_mean: None, prefix_caching: false }
    }

    pub(super) fn replicas(&self) -> String {
        self.replicas.map_or("HPA".to_owned(), |replicas| replicas.to_string())
    }
}

/// A loop and what it took.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) subject: Subject,
    /// `bare`, `engine` or `whole`.
    pub(super) which: &'static str,
    pub(super) requests: u64,
    pub(super) tokens: u64,
    /// CPU-seconds of one run, the median of several.
    pub(super) seconds: f64,
    /// The bare loop's CPU-seconds over this loop's, each pair measured one right after the other; the median.
    pub(super) of_bare: f64,
}

impl Row {
    pub(super) fn requests_per_s(&self) -> f64 {
        self.requests as f64 / self.seconds
    }

    pub(super) fn tokens_per_s(&self) -> f64 {
        self.tokens as f64 / self.seconds
    }

    pub(super) fn json(&self) -> Value {
        let subject = &self.subject;
        json!({
            "workload": subject.name,
            "replicas": subject.replicas,
            "output_mean_tokens": subject.output_mean,
            "prefix_caching": subject.prefix_caching,
            "loop": self.which,
            "requests": self.requests,
            "output_tokens": self.tokens,
            "cpu_s": self.seconds,
            "requests_per_cpu_s": self.requests_per_s(),
            "output_tokens_per_cpu_s": self.tokens_per_s(),
            "ratio_to_bare": self.of_bare,
        })
    }
}
