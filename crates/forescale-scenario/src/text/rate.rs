//! `8.0`, or steps `[["0s", 8.0], ["5m", 60.0]]`

use super::Duration;
use forescale_core::demand::Rate;
use forescale_kernel::SimDuration;
use serde::de::{Deserialize, Deserializer, Error, SeqAccess, Visitor};
use std::fmt;

/// Requests per second: a number, or steps from instants on.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct RateText(pub(crate) Rate);

struct RateVisitor;

impl<'de> Visitor<'de> for RateVisitor {
    type Value = RateText;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("requests per second: a number, or steps such as [[\"0s\", 8.0], [\"5m\", 60.0]]")
    }

    fn visit_f64<E: Error>(self, rate: f64) -> Result<RateText, E> {
        Rate::constant(rate).map(RateText).map_err(E::custom)
    }

    fn visit_i64<E: Error>(self, rate: i64) -> Result<RateText, E> {
        self.visit_f64(rate as f64)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut steps: A) -> Result<RateText, A::Error> {
        let mut all: Vec<(SimDuration, f64)> = Vec::new();
        while let Some((since, rate)) = steps.next_element::<(Duration, f64)>()? {
            all.push((since.0, rate));
        }
        Rate::new(all).map(RateText).map_err(A::Error::custom)
    }
}

impl<'de> Deserialize<'de> for RateText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RateVisitor)
    }
}
