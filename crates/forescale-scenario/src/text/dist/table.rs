//! The tables of distributions.

use super::Unit;
use forescale_core::dist::{Clamped, Dist, DistError, Empirical, Mixture};
use forescale_document::{Code, Refusal};
use schemars::JsonSchema;
use serde::Deserialize;
use std::sync::Arc;

/// One distribution; its values have the unit of the key.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
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
    /// Gamma, by its mean and coefficient of variation.
    Gamma(Gamma<T>),
    /// One of several distributions at a time, each `{ weight = 0.3, constant = 8192 }`: a weight, of which only proportions count, and any distribution but a mixture.
    Mixture(Vec<Part<T>>),
    /// As it was measured: `quantiles` or `values`.
    Empirical(Measured<T>),
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
    /// Less is drawn as this value. The mean is then higher than stated.
    min: Option<T>,
    /// More is drawn as this value. The mean is then lower than stated.
    max: Option<T>,
}

#[derive(Clone, Copy, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Exponential<T> {
    /// The mean.
    mean: T,
    /// Less is drawn as this value. The mean is then higher than stated.
    min: Option<T>,
    /// More is drawn as this value. The mean is then lower than stated.
    max: Option<T>,
}

#[derive(Clone, Copy, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Gamma<T> {
    /// The mean.
    mean: T,
    /// The coefficient of variation, standard deviation over mean, 0 to 100; 1 is exponential.
    cv: f64,
    /// Less is drawn as this value. The mean is then higher than stated.
    min: Option<T>,
    /// More is drawn as this value. The mean is then lower than stated.
    max: Option<T>,
}

/// A part of a mixture: its weight, and one distribution.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Part<T> {
    /// Its weight beside those of the other parts.
    weight: f64,
    /// Always this value.
    constant: Option<T>,
    /// Uniform between two values, both included.
    uniform: Option<Uniform<T>>,
    /// Lognormal, by its mean and the standard deviation of its logarithm.
    lognormal: Option<Lognormal<T>>,
    /// Exponential, by its mean.
    exponential: Option<Exponential<T>>,
    /// Gamma, by its mean and coefficient of variation.
    gamma: Option<Gamma<T>>,
    /// As it was measured: `quantiles` or `values`.
    empirical: Option<Measured<T>>,
}

/// A measured distribution.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Measured<T> {
    /// Probabilities in order from 0 to 1, each with its quantile, with straight lines in between: `[[0.0, 7], [0.5, 129], [0.95, 451], [1.0, 1000]]`.
    quantiles: Option<Vec<(f64, T)>>,
    /// Values, each with its weight, of which only proportions count: `[[16, 120], [128, 40]]`.
    values: Option<Vec<(T, f64)>>,
}

pub(super) fn checked(dist: Dist) -> Result<Dist, Refusal> {
    dist.validate().map_err(refused)?;
    Ok(dist)
}

fn refused(error: DistError) -> Refusal {
    Refusal::new(Code::OUT_OF_RANGE, error.to_string())
}

/// With cut-offs, if there are any.
fn clamped<T: Unit>(dist: Dist, min: Option<T>, max: Option<T>) -> Result<Dist, Refusal> {
    match (min, max) {
        (None, None) => checked(dist),
        (min, max) => {
            let clamped = Clamped::new(dist, min.map(Unit::value), max.map(Unit::value));
            Ok(Dist::Clamped(Arc::new(clamped.map_err(refused)?)))
        }
    }
}

impl<T: Unit> DistTable<T> {
    pub(super) fn dist(&self) -> Result<Dist, Refusal> {
        match self {
            Self::Constant(value) => checked(Dist::Constant(value.value())),
            Self::Uniform(Uniform { min, max }) => {
                checked(Dist::Uniform { min: min.value(), max: max.value() })
            }
            Self::Lognormal(Lognormal { mean, sigma, min, max }) => {
                clamped(Dist::Lognormal { mean: mean.value(), sigma: *sigma }, *min, *max)
            }
            Self::Exponential(Exponential { mean, min, max }) => {
                clamped(Dist::Exponential { mean: mean.value() }, *min, *max)
            }
            Self::Gamma(Gamma { mean, cv, min, max }) => {
                clamped(Dist::Gamma { mean: mean.value(), cv: *cv }, *min, *max)
            }
            Self::Mixture(parts) => mixture(parts),
            Self::Empirical(measured) => empirical(measured),
        }
    }
}

fn mixture<T: Unit>(parts: &[Part<T>]) -> Result<Dist, Refusal> {
    let parts = parts.iter().enumerate().map(|(index, part)| {
        let named = |refusal: Refusal| Refusal {
            message: format!("part {} of the mixture: {}", index + 1, refusal.message),
            ..refusal
        };
        Ok((part.weight, part.table().and_then(|table| table.dist()).map_err(named)?))
    });
    let parts: Vec<(f64, Dist)> = parts.collect::<Result<_, Refusal>>()?;
    Ok(Dist::Mixture(Arc::new(Mixture::new(parts).map_err(refused)?)))
}

fn empirical<T: Unit>(measured: &Measured<T>) -> Result<Dist, Refusal> {
    let made = match (&measured.quantiles, &measured.values) {
        (Some(points), None) => {
            Empirical::quantiles(points.iter().map(|(share, value)| (*share, value.value())).collect())
        }
        (None, Some(values)) => {
            let values: Vec<(f64, f64)> =
                values.iter().map(|(value, weight)| (value.value(), *weight)).collect();
            Empirical::values(&values)
        }
        (None, None) => {
            return Err(Refusal::new(Code::MISSING_KEY, "one of `quantiles` and `values` is missing"));
        }
        (Some(_), Some(_)) => return Err(both("quantiles", "values")),
    };
    Ok(Dist::Empirical(Arc::new(made.map_err(refused)?)))
}

impl<T: Unit> Part<T> {
    fn table(&self) -> Result<DistTable<T>, Refusal> {
        let given = [
            ("constant", self.constant.map(DistTable::Constant)),
            ("uniform", self.uniform.map(DistTable::Uniform)),
            ("lognormal", self.lognormal.map(DistTable::Lognormal)),
            ("exponential", self.exponential.map(DistTable::Exponential)),
            ("gamma", self.gamma.map(DistTable::Gamma)),
            ("empirical", self.empirical.clone().map(DistTable::Empirical)),
        ];
        only(
            given.into_iter(),
            "one of `constant`, `uniform`, `lognormal`, `exponential`, `gamma` and `empirical` is missing",
        )
    }
}

/// The one thing that is given; `missing` is what to say where none is.
pub(super) fn only<D>(
    things: impl Iterator<Item = (&'static str, Option<D>)>,
    missing: &str,
) -> Result<D, Refusal> {
    let mut given = things.filter_map(|(name, thing)| Some((name, thing?)));
    match (given.next(), given.next()) {
        (Some((_, thing)), None) => Ok(thing),
        (None, _) => Err(Refusal::new(Code::MISSING_KEY, missing)),
        (Some((first, _)), Some((second, _))) => Err(both(first, second)),
    }
}

fn both(first: &str, second: &str) -> Refusal {
    let message = format!("`{first}` and `{second}` are given, of which only one can hold");
    Refusal::new(Code::CONTRADICTION, message)
}
