//! A value, or a distribution: `512`, `"40s"`, `{ lognormal = { mean = 512, sigma = 0.8 } }`

use super::Duration;
use super::size::{ByteRate, Size};
use forescale_core::dist::Dist;
use forescale_document::{Code, Refusal, Spanned, ValueOr};
use schemars::JsonSchema;
use serde::Deserialize;

/// A number of tokens, whole in the mean of what is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(transparent)]
pub(crate) struct Tokens(f64);

/// A length in tokens.
pub(crate) type TokenDist = ValueOr<Tokens, DistTable<Tokens>>;

/// A duration that is drawn.
pub(crate) type DurationDist = ValueOr<Duration, DistTable<Duration>>;

/// The duration of a start phase: a duration, or what is moved at which rate.
pub(crate) type PhaseDuration = ValueOr<Duration, PhaseTable>;

/// A value with a unit of its own that ends up as a float.
pub(crate) trait Unit: Copy {
    fn value(self) -> f64;
}

impl Unit for Duration {
    fn value(self) -> f64 {
        self.0.as_secs_f64()
    }
}

impl Unit for Tokens {
    fn value(self) -> f64 {
        self.0
    }
}

/// One distribution; its values have the unit of the key.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(title = "distribution")]
pub(crate) enum DistTable<T> {
    /// Always this value.
    Constant(T),
    /// Uniform between two values, both included.
    Uniform(Uniform<T>),
    /// Lognormal, by its mean and the standard deviation of its logarithm.
    Lognormal(Lognormal<T>),
    /// Exponential, by its mean.
    Exponential(Exponential<T>),
}

#[derive(Clone, Copy, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Uniform<T> {
    /// The least value.
    min: T,
    /// The greatest value.
    max: T,
}

#[derive(Clone, Copy, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Lognormal<T> {
    /// The mean of the distribution itself, not of its logarithm.
    mean: T,
    /// The standard deviation of the logarithm, 0 to 5; 0.8 is usual for lengths of prompts and answers.
    sigma: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Exponential<T> {
    /// The mean.
    mean: T,
}

/// One distribution of durations, or `size` and `rate` together: what is moved, and how fast.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "start phase")]
pub(crate) struct PhaseTable {
    /// Always this duration.
    constant: Option<Spanned<Duration>>,
    /// Uniform between two durations.
    uniform: Option<Spanned<Uniform<Duration>>>,
    /// Lognormal, by its mean and the standard deviation of its logarithm.
    lognormal: Option<Spanned<Lognormal<Duration>>>,
    /// Exponential, by its mean.
    exponential: Option<Spanned<Exponential<Duration>>>,
    /// How much is moved; needs `rate`.
    size: Option<Spanned<Size>>,
    /// How fast it is moved; needs `size`.
    rate: Option<Spanned<ByteRate>>,
}

impl<T: Unit> From<DistTable<T>> for Dist {
    fn from(table: DistTable<T>) -> Self {
        match table {
            DistTable::Constant(value) => Self::Constant(value.value()),
            DistTable::Uniform(uniform) => {
                Self::Uniform { min: uniform.min.value(), max: uniform.max.value() }
            }
            DistTable::Lognormal(given) => Self::Lognormal { mean: given.mean.value(), sigma: given.sigma },
            DistTable::Exponential(exponential) => Self::Exponential { mean: exponential.mean.value() },
        }
    }
}

fn checked(dist: Dist) -> Result<Dist, Refusal> {
    dist.validate().map_err(|error| Refusal::new(Code::OUT_OF_RANGE, error.to_string()))?;
    Ok(dist)
}

fn plain<T: Unit>(text: ValueOr<T, DistTable<T>>) -> Result<Dist, Refusal> {
    checked(match text {
        ValueOr::Value(value) => Dist::Constant(value.value()),
        ValueOr::Table(table) => table.into(),
    })
}

/// A length in tokens.
pub(crate) fn token_dist(text: TokenDist) -> Result<Dist, Refusal> {
    let dist = plain(text)?;
    match dist.mean() {
        1.0..=1e9 => Ok(dist),
        mean => {
            let message = format!("a mean of {mean} tokens is out of range (1 to 1,000,000,000)");
            Err(Refusal::new(Code::OUT_OF_RANGE, message))
        }
    }
}

/// A duration, in seconds.
pub(crate) fn duration_dist(text: DurationDist) -> Result<Dist, Refusal> {
    plain(text)
}

/// The duration of a start phase, in seconds.
pub(crate) fn phase_duration(text: PhaseDuration) -> Result<Dist, Refusal> {
    let table = match text {
        ValueOr::Value(value) => return Ok(Dist::Constant(value.value())),
        ValueOr::Table(table) => table,
    };
    let moved = match (table.size, table.rate) {
        (Some(size), Some(rate)) => Some(Dist::Constant(size.0 / rate.0)),
        (None, None) => None,
        (Some(_), None) => return Err(Refusal::new(Code::MISSING_KEY, "`size` needs a `rate` beside it")),
        (None, Some(_)) => return Err(Refusal::new(Code::MISSING_KEY, "`rate` needs a `size` beside it")),
    };
    let given = [
        ("constant", table.constant.map(|value| DistTable::Constant(*value).into())),
        ("uniform", table.uniform.map(|uniform| DistTable::Uniform(*uniform).into())),
        ("lognormal", table.lognormal.map(|lognormal| DistTable::Lognormal(*lognormal).into())),
        ("exponential", table.exponential.map(|exponential| DistTable::Exponential(*exponential).into())),
        ("size` and `rate", moved),
    ];
    let given: Vec<(&str, Dist)> = given.into_iter().filter_map(|(name, dist)| Some((name, dist?))).collect();
    match given.as_slice() {
        [(_, dist)] => checked(*dist),
        [] => Err(Refusal::new(
            Code::MISSING_KEY,
            "one of `constant`, `uniform`, `lognormal`, `exponential`, or `size` and `rate`, is missing",
        )),
        [(first, _), (second, _), ..] => {
            let message = format!("`{first}` and `{second}` are given, of which only one can hold");
            Err(Refusal::new(Code::CONTRADICTION, message))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use forescale_document::{Report, decode, toml};

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
        let dist = keys.tokens.map(token_dist);
        let dist = dist.or(keys.span.map(duration_dist)).or(keys.phase.map(phase_duration));
        dist.unwrap().map_err(|refusal| refusal.message)
    }

    #[test]
    fn values_and_tables() {
        assert_eq!(read("tokens = 512"), Ok(Dist::Constant(512.0)));
        assert_eq!(read("tokens.uniform = { min = 1, max = 9 }"), Ok(Dist::Uniform { min: 1.0, max: 9.0 }));
        assert_eq!(read("span = \"40s\""), Ok(Dist::Constant(40.0)));
        let lognormal = Dist::Lognormal { mean: 90.0, sigma: 0.2 };
        assert_eq!(read("span.lognormal = { mean = \"1m30s\", sigma = 0.2 }"), Ok(lognormal));
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
        ] {
            let error = read(text).unwrap_err();
            assert!(error.contains(part), "{text}: {error}");
        }
    }
}
