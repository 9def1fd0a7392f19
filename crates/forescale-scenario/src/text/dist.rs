//! A value, or a distribution: `512`, `"40s"`, `{ lognormal = { mean = 512, sigma = 0.8 } }`

use super::Duration;
use super::size::{ByteRate, Size};
use forescale_core::dist::Dist;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, DeserializeOwned, Deserializer, Error, IntoDeserializer, MapAccess, Visitor};
use std::fmt;
use std::marker::PhantomData;

/// A length in tokens.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct TokenDist(pub(crate) Dist);

/// A duration, in seconds once read.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct DurationDist(pub(crate) Dist);

/// The duration of a start phase: a duration, or what is moved at which rate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct PhaseDuration(pub(crate) Dist);

/// A value with a unit of its own that ends up as a float.
trait Unit: DeserializeOwned {
    const EXAMPLE: &'static str;
    fn value(self) -> f64;
}

impl Unit for Duration {
    const EXAMPLE: &'static str = "\"40s\"";
    fn value(self) -> f64 {
        self.0.as_secs_f64()
    }
}

/// A number of tokens.
#[derive(serde::Deserialize)]
#[serde(transparent)]
struct Tokens(f64);

impl Unit for Tokens {
    const EXAMPLE: &'static str = "512";
    fn value(self) -> f64 {
        self.0
    }
}

/// The table form: exactly one key.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields, bound = "T: DeserializeOwned")]
struct Table<T> {
    constant: Option<T>,
    uniform: Option<Uniform<T>>,
    lognormal: Option<Lognormal<T>>,
    exponential: Option<Exponential<T>>,
    size: Option<Size>,
    rate: Option<ByteRate>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Uniform<T> {
    min: T,
    max: T,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Lognormal<T> {
    mean: T,
    sigma: f64,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Exponential<T> {
    mean: T,
}

struct DistVisitor<T> {
    /// Whether `size` and `rate` may be given.
    moves_bytes: bool,
    unit: PhantomData<T>,
}

impl<'de, T: Unit> Visitor<'de> for DistVisitor<T> {
    type Value = Dist;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "a value such as {0}, or a table with one of `constant = {0}`, `uniform = {{ min, max }}`, `lognormal = {{ mean, sigma }}`, `exponential = {{ mean }}`",
            T::EXAMPLE
        )?;
        if self.moves_bytes { f.write_str(", or `size` and `rate`") } else { Ok(()) }
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Dist, E> {
        T::deserialize(text.into_deserializer()).map(|value| Dist::Constant(value.value()))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Dist, E> {
        T::deserialize(number.into_deserializer()).map(|value| Dist::Constant(value.value()))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Dist, E> {
        T::deserialize(number.into_deserializer()).map(|value| Dist::Constant(value.value()))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Dist, A::Error> {
        let table = Table::<T>::deserialize(MapAccessDeserializer::new(map))?;
        let given = [
            table.constant.map(|value| Dist::Constant(value.value())),
            table.uniform.map(|uniform| Dist::Uniform { min: uniform.min.value(), max: uniform.max.value() }),
            table.lognormal.map(|l| Dist::Lognormal { mean: l.mean.value(), sigma: l.sigma }),
            table.exponential.map(|exponential| Dist::Exponential { mean: exponential.mean.value() }),
            match (table.size, table.rate) {
                (Some(size), Some(rate)) if self.moves_bytes => Some(Dist::Constant(size.0 / rate.0)),
                (None, None) => None,
                _ if self.moves_bytes => return Err(A::Error::custom("`size` and `rate` belong together")),
                _ => return Err(A::Error::custom("`size` and `rate` have no meaning here")),
            },
        ];
        let mut given = given.into_iter().flatten();
        match (given.next(), given.next()) {
            (Some(dist), None) => Ok(dist),
            _ => Err(A::Error::custom(
                "give exactly one of `constant`, `uniform`, `lognormal` and `exponential`",
            )),
        }
    }
}

fn read<'de, T: Unit, D: Deserializer<'de>>(deserializer: D, moves_bytes: bool) -> Result<Dist, D::Error> {
    let dist = deserializer.deserialize_any(DistVisitor::<T> { moves_bytes, unit: PhantomData })?;
    dist.validate().map_err(D::Error::custom)?;
    Ok(dist)
}

impl<'de> Deserialize<'de> for TokenDist {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let dist = read::<Tokens, D>(deserializer, false)?;
        match dist.mean() {
            1.0..=1e9 => Ok(Self(dist)),
            mean => {
                Err(D::Error::custom(format!("a mean of {mean} tokens is out of range (1 to 1,000,000,000)")))
            }
        }
    }
}

impl<'de> Deserialize<'de> for DurationDist {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read::<Duration, D>(deserializer, false).map(Self)
    }
}

impl<'de> Deserialize<'de> for PhaseDuration {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read::<Duration, D>(deserializer, true).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(serde::Deserialize)]
    struct Keys {
        tokens: Option<TokenDist>,
        span: Option<DurationDist>,
        phase: Option<PhaseDuration>,
    }

    fn read(text: &str) -> Result<Dist, String> {
        let keys: Keys = toml::from_str(text).map_err(|error| error.message().to_owned())?;
        let dist = keys.tokens.map(|d| d.0).or(keys.span.map(|d| d.0)).or(keys.phase.map(|d| d.0));
        dist.ok_or_else(|| "nothing".to_owned())
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
            ("tokens = \"512\"", "f64"),
            ("tokens = 0", "out of range"),
            ("tokens.lognormal = { mean = 512 }", "sigma"),
            ("tokens.lognorm = { mean = 512, sigma = 1 }", "unknown field `lognorm`"),
            ("tokens = { constant = 5, uniform = { min = 1, max = 2 } }", "exactly one"),
            ("tokens.uniform = { min = 5, max = 2 }", "`min` must not be above `max`"),
            ("span = 40", "no unit"),
            ("span = { size = \"16GB\", rate = \"2GB/s\" }", "no meaning"),
            ("phase = { size = \"16GB\" }", "belong together"),
        ] {
            let error = read(text).unwrap_err();
            assert!(error.contains(part), "{text}: {error}");
        }
    }
}
