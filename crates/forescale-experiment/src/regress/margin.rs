//! How much worse is no regression yet.

use crate::kpi::Kpi;
use forescale_document::{Code, Refusal};
use serde::de::{Deserialize, Deserializer, Error, Visitor};
use std::fmt;

/// How much worse than the baseline a KPI may get.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Margin {
    /// By this share of the baseline's mean, at least 0; written in per cent, `"5%"`.
    Relative(f64),
    /// By so much in the KPI's own unit, at least 0; a share of 0.01 is one percentage point.
    Absolute(f64),
}

impl Margin {
    /// What a KPI gets where nobody says anything: 10 % of a latency, one point of a share, one change or replica, 5 % of everything else.
    pub fn default_of(kpi: Kpi) -> Self {
        match kpi.unit() {
            "s" => Self::Relative(0.1),
            "share" => Self::Absolute(0.01),
            "%" | "changes" | "changes/h" | "replicas" => Self::Absolute(1.0),
            _ => Self::Relative(0.05),
        }
    }

    /// In the KPI's own unit, with this mean of the baseline.
    pub fn of(self, mean: f64) -> f64 {
        match self {
            Self::Relative(share) => share * mean.abs(),
            Self::Absolute(distance) => distance,
        }
    }

    fn checked(self) -> Result<Self, Refusal> {
        let (Self::Relative(size) | Self::Absolute(size)) = self;
        if size.is_finite() && size >= 0.0 {
            return Ok(self);
        }
        Err(Refusal::new(Code::OUT_OF_RANGE, "a margin is at least 0"))
    }
}

impl std::str::FromStr for Margin {
    type Err = Refusal;

    fn from_str(text: &str) -> Result<Self, Refusal> {
        let wrong = || {
            Refusal::new(Code::WRONG_VALUE, format!("expected a margin, found `{text}`"))
                .help("write a share of the baseline as `5%`, or a number in the unit of the KPI, such as `0.01` (one point) of a share")
        };
        let number = |text: &str| text.trim().parse::<f64>().map_err(|_| wrong());
        let margin = match text.trim().strip_suffix('%') {
            Some(percent) => Self::Relative(number(percent)? / 100.0),
            None => Self::Absolute(number(text)?),
        };
        margin.checked()
    }
}

impl fmt::Display for Margin {
    /// As it is read.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            // What is left of a share that no binary number holds is no digit that anybody wrote.
            Self::Relative(share) => write!(f, "{}%", (share * 1e10).round() / 1e8),
            Self::Absolute(distance) => write!(f, "{distance:?}"),
        }
    }
}

impl<'de> Deserialize<'de> for Margin {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Margins;
        impl Visitor<'_> for Margins {
            type Value = Margin;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a margin such as \"5%\", or a number in the unit of the KPI")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Margin, E> {
                let margin = text.parse().map_err(E::custom)?;
                match margin {
                    Margin::Relative(_) => Ok(margin),
                    Margin::Absolute(_) => Err(E::custom(ambiguous(text.trim()))),
                }
            }

            fn visit_f64<E: Error>(self, number: f64) -> Result<Margin, E> {
                Margin::Absolute(number).checked().map_err(E::custom)
            }

            fn visit_i64<E: Error>(self, number: i64) -> Result<Margin, E> {
                self.visit_f64(number as f64)
            }

            fn visit_u64<E: Error>(self, number: u64) -> Result<Margin, E> {
                self.visit_f64(number as f64)
            }
        }
        deserializer.deserialize_any(Margins)
    }
}

/// Of a number in quotes: somebody has forgotten a sign, or means the unit.
fn ambiguous(number: &str) -> Refusal {
    Refusal::new(Code::WRONG_VALUE, format!("a margin in quotes ends in `%`, found `\"{number}\"`")).help(format!(
        "`margin = \"{number}%\"` is a share of the baseline, `margin = {number}` is in the unit of the KPI"
    ))
}
