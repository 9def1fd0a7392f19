//! What others take for the same work.

use super::Row;
use serde_json::{Value, json};

/// CPU-seconds of other simulators on such a machine: workload, simulator, seconds.
const PUBLISHED: [(&str, &str, f64); 7] = [
    ("T1", "BLIS at its fastest setting", 0.51),
    ("T1", "NVIDIA's replay simulator without start-up", 0.87),
    ("T1", "Vidur", 4.9),
    ("T1", "BLIS as it comes", 7.9),
    ("AZ", "BLIS at its fastest setting", 12.9),
    ("AZ", "NVIDIA's replay simulator without start-up", 14.7),
    ("AZ", "Vidur", 250.0),
];

const SOURCE: &str = "published elsewhere, same work";

/// The requests of T1 that others were measured with, on one replica.
pub(super) const T1_REQUESTS: u64 = 2000;

fn is_comparable(row: &Row) -> bool {
    let subject = &row.subject;
    let is_t1 = subject.name == "T1" && subject.replicas == Some(1) && !subject.prefix_caching;
    row.which == "whole" && (is_t1 && row.requests == T1_REQUESTS || subject.name == "AZ")
}

/// Our rows and what stands beside them; empty where nothing is comparable.
pub(super) fn text(rows: &[Row]) -> String {
    let ours: Vec<&Row> = rows.iter().filter(|row| is_comparable(row)).collect();
    if ours.is_empty() {
        return String::new();
    }
    let mut text = format!("\nThe same work elsewhere, in CPU-seconds ({SOURCE})\n");
    let mut add = |workload: &str, who: &str, seconds: f64| {
        text += &format!("  {workload:<4}{who:<46}{seconds:>9.3}\n");
    };
    for name in ["T1", "AZ"] {
        for row in ours.iter().filter(|row| row.subject.name == name) {
            let scaling = row
                .subject
                .replicas
                .map_or("the guide's HPA".to_owned(), |count| format!("fixed at {count}"));
            add(name, &format!("Forescale, whole loop, {scaling}"), row.seconds);
        }
        if ours.iter().any(|row| row.subject.name == name) {
            PUBLISHED.iter().filter(|(of, ..)| *of == name).for_each(|(of, who, s)| add(of, who, *s));
        }
    }
    text
}

pub(super) fn json() -> Value {
    let entry = |(workload, simulator, cpu_s): &(&str, &str, f64)| json!({ "workload": workload, "simulator": simulator, "cpu_s": cpu_s, "source": SOURCE });
    PUBLISHED.iter().map(entry).collect()
}
