//! Distributions as text.

use super::*;
use forescale_core::dist::{Clamped, Empirical, Mixture};
use forescale_document::{Report, decode, toml};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Deserialize)]
struct Keys {
    tokens: Option<TokenDist>,
    span: Option<DurationDist>,
    phase: Option<PhaseDuration>,
}

fn read(text: &str) -> Result<Dist, String> {
    let mut report = Report::default();
    let source = report.sources.add("test.toml", text);
    let keys = toml::parse(&mut report, source).and_then(|tree| decode::<Keys>(&tree, &mut report));
    let Some(keys) = keys else { return Err(report.render(false, 120)) };
    let dist = keys.tokens.as_ref().map(token_dist);
    let dist = dist.or(keys.span.as_ref().map(duration_dist));
    let dist = dist.or(keys.phase.as_ref().map(phase_duration));
    dist.unwrap().map_err(|refusal| refusal.message)
}

#[test]
fn values_and_tables() {
    assert_eq!(read("tokens = 512"), Ok(Dist::Constant(512.0)));
    assert_eq!(read("tokens.uniform = { min = 1, max = 9 }"), Ok(Dist::Uniform { min: 1.0, max: 9.0 }));
    assert_eq!(read("span = \"40s\""), Ok(Dist::Constant(40.0)));
    let lognormal = Dist::Lognormal { mean: 90.0, sigma: 0.2 };
    assert_eq!(read("span.lognormal = { mean = \"1m30s\", sigma = 0.2 }"), Ok(lognormal));
    assert_eq!(read("tokens.gamma = { mean = 9, cv = 2 }"), Ok(Dist::Gamma { mean: 9.0, cv: 2.0 }));
    let clamped = Clamped::new(Dist::Exponential { mean: 9.0 }, Some(2.0), None).unwrap();
    let clamped = Dist::Clamped(Arc::new(clamped));
    assert_eq!(read("tokens.exponential = { mean = 9, min = 2 }"), Ok(clamped.clone()));
    let parts = vec![(0.7, Dist::Constant(8192.0)), (0.3, clamped)];
    let mixture = Dist::Mixture(Arc::new(Mixture::new(parts).unwrap()));
    let text = "[{ weight = 0.7, constant = 8192 }, { weight = 0.3, exponential = { mean = 9, min = 2 } }]";
    assert_eq!(read(&format!("tokens.mixture = {text}")), Ok(mixture));
    let quantiles = Empirical::quantiles(vec![(0.0, 7.0), (0.5, 129.0), (1.0, 1000.0)]).unwrap();
    let quantiles = Dist::Empirical(Arc::new(quantiles));
    let text = "empirical = { quantiles = [[0.0, 7], [0.5, 129], [1.0, 1000]] }";
    assert_eq!(read(&format!("tokens.{text}")), Ok(quantiles));
    let values = Dist::Empirical(Arc::new(Empirical::values(&[(60.0, 3.0), (0.5, 1.0)]).unwrap()));
    let text = "empirical = { values = [[\"1m\", 3], [\"500ms\", 1]] }";
    assert_eq!(read(&format!("span.{text}")), Ok(values.clone()));
    assert_eq!(read(&format!("phase.{text}")), Ok(values));
    assert_eq!(read("phase = { size = \"16GB\", rate = \"2GB/s\" }"), Ok(Dist::Constant(8.0)));
}

#[test]
fn wrong_values_say_what_is_right() {
    for (text, part) in [
        ("tokens = \"512\"", "a number"),
        ("tokens = 0", "out of range"),
        ("tokens.lognormal = { mean = 512 }", "sigma"),
        ("tokens.lognorm = { mean = 512, sigma = 1 }", "did you mean `lognormal`?"),
        ("tokens = { constant = 5, uniform = { min = 1, max = 2 } }", "not 2 at once"),
        ("tokens.uniform = { min = 5, max = 2 }", "`min` must not be above `max`"),
        ("span = 40", "no unit"),
        ("span = { size = \"16GB\", rate = \"2GB/s\" }", "`size`"),
        ("phase = { size = \"16GB\" }", "needs a `rate`"),
        ("phase = { constant = \"1s\", exponential = { mean = \"2s\" } }", "only one can hold"),
        ("tokens.gamma = { mean = 5, cv = 101 }", "`cv` must be between 0 and 100"),
        ("tokens.lognormal = { mean = 5, sigma = 1, min = 9, max = 4 }", "`min` must not be above `max`"),
        ("tokens.exponential = { mean = 5, max = -1 }", "`max` must be a finite number"),
        ("tokens.mixture = []", "at least one weight must be above 0"),
        ("tokens.mixture = [{ weight = -1, constant = 5 }]", "`weight` must be a finite number"),
        ("tokens.mixture = [{ weight = 1 }]", "part 1 of the mixture: one of `constant`, `uniform`"),
        (
            "tokens.mixture = [{ weight = 1, constant = 5, gamma = { mean = 1, cv = 1 } }]",
            "only one can hold",
        ),
        ("tokens.mixture = [{ constant = 5 }]", "the key `weight` is missing"),
        ("tokens.mixture = [{ weight = 1, mixture = [] }]", "there is no key `mixture`"),
        ("tokens.empirical = {}", "one of `quantiles` and `values` is missing"),
        ("tokens.empirical = { quantiles = [[0, 1], [1, 2]], values = [[1, 1]] }", "only one can hold"),
        (
            "tokens.empirical = { quantiles = [[0.1, 1], [1.0, 2]] }",
            "must begin at probability 0 and end at 1",
        ),
        (
            "tokens.empirical = { quantiles = [[0, 1], [0.5, 2], [0.5, 3], [1, 4]] }",
            "of quantile 3 is not above",
        ),
        (
            "tokens.empirical = { quantiles = [[0, 1], [0.5, 5], [1, 4]] }",
            "quantile 3 is below the one before it",
        ),
        ("tokens.empirical = { values = [[16, 0]] }", "at least one weight must be above 0"),
        ("tokens.empirical = { values = [[-16, 1]] }", "`values` must be a finite number"),
        ("tokens.empirical = { values = [[0, 1]] }", "a mean of 0 tokens is out of range"),
        ("phase = { mixture = [], constant = \"5s\" }", "only one can hold"),
    ] {
        let error = read(text).unwrap_err();
        assert!(error.contains(part), "{text}: {error}");
    }
}
