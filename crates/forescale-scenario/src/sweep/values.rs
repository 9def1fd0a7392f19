//! What is tried of one path: a list, or a range.

use crate::context::{Context, Told};
use forescale_document::{Code, Diagnostic, Entry, Node, Span, Spanned, Value, decode, toml};
use serde::Deserialize;
use serde::de::IgnoredAny;

/// The values of one path.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Values {
    /// Each with its place.
    Listed(Vec<(String, Span)>),
    Range(Range, Span),
}

/// A range between two numbers with the same unit.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Range {
    from: f64,
    to: f64,
    is_log: bool,
    /// Both ends are whole numbers: so is all between them, rounded, halves away from zero.
    is_whole: bool,
    /// The unit, where the ends are texts; it may be empty.
    unit: Option<String>,
    count: Option<u32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRange {
    #[serde(default, rename = "log")]
    _log: Option<IgnoredAny>,
    #[serde(default, rename = "linear")]
    _linear: Option<IgnoredAny>,
    n: Option<Spanned<u32>>,
}

/// Whether a table is a range, not a part of a path.
pub(super) fn is_range(entry: &Entry) -> bool {
    entry.node.get("log").is_some() || entry.node.get("linear").is_some()
}

impl Values {
    /// Reads what stands under a path; `is_grid` where a range needs a number of values.
    pub(super) fn read(context: &mut Context, entry: &Entry, is_grid: bool) -> Told<Self> {
        match &entry.node.value {
            Value::List(items) if items.is_empty() => {
                let message = "an empty list: there is nothing to try";
                context.fail(Diagnostic::error(Code::WRONG_VALUE, entry.node.span, message))
            }
            Value::List(items) => {
                Ok(Self::Listed(items.iter().map(|item| (toml::text(item), item.span)).collect()))
            }
            Value::Table(_) if is_range(entry) => {
                Ok(Self::Range(Range::read(context, entry, is_grid)?, entry.node.span))
            }
            _ => {
                let message =
                    format!("a list of values or a range is expected here, found {}", entry.node.kind());
                let diagnostic = Diagnostic::error(Code::WRONG_TYPE, entry.node.span, message);
                context.fail(diagnostic.help("for example `[5, 10, 20]` or `{ log = [5, 500], n = 8 }`"))
            }
        }
    }

    /// All of them in order, each once.
    pub(super) fn all(&self) -> Vec<(String, Span)> {
        let mut all: Vec<(String, Span)> = match self {
            Self::Listed(values) => values.clone(),
            Self::Range(range, span) => {
                let count = range.count.unwrap_or(2).max(2);
                let part = |index: u32| f64::from(index) / f64::from(count - 1);
                (0..count).map(|index| (range.at(part(index)), *span)).collect()
            }
        };
        let mut seen = Vec::new();
        all.retain(|(value, _)| {
            let is_new = !seen.contains(value);
            seen.push(value.clone());
            is_new
        });
        all
    }

    /// How many there are; 2 of a range without a number.
    pub(super) fn count(&self) -> u32 {
        match self {
            Self::Listed(values) => u32::try_from(values.len()).unwrap_or(u32::MAX),
            Self::Range(range, _) => range.count.unwrap_or(2),
        }
    }

    /// The value at a share of the way, from 0 to below 1.
    pub(super) fn at(&self, share: f64) -> Option<(String, Span)> {
        match self {
            Self::Listed(values) => values
                .get(((share * values.len() as f64) as usize).min(values.len().saturating_sub(1)))
                .cloned(),
            Self::Range(range, span) => Some((range.at(share), *span)),
        }
    }
}

impl Range {
    fn read(context: &mut Context, entry: &Entry, is_grid: bool) -> Told<Self> {
        let raw: RawRange = decode(&entry.node, &mut context.report).ok_or(crate::context::Stopped)?;
        let (log, linear) = (entry.node.entry("log"), entry.node.entry("linear"));
        let ends = match (log, linear) {
            (Some(ends), None) | (None, Some(ends)) => ends,
            (Some(log), Some(linear)) => {
                let message = "a range is `log` or `linear`, not both";
                let diagnostic = Diagnostic::error(Code::WRONG_VALUE, linear.key_span, message);
                return context.fail(diagnostic.related(log.key_span, "`log` is here"));
            }
            (None, None) => return Err(crate::context::Stopped),
        };
        let [first, last] = ends.node.items() else {
            let message = format!("`{}` has two ends, for example `[5, 500]`", ends.key);
            return context.fail(Diagnostic::error(Code::WRONG_VALUE, ends.node.span, message));
        };
        let (from, to) = (number(context, first), number(context, last));
        let (from, to) = (from?, to?);
        if from.unit != to.unit {
            let message = "the ends of a range must have the same unit";
            let diagnostic = Diagnostic::error(Code::WRONG_UNIT, last.span, message);
            return context.fail(diagnostic.related(first.span, "the other end"));
        }
        let is_log = log.is_some();
        let too_low = [(from.value, first), (to.value, last)].into_iter().find(|(value, _)| *value <= 0.0);
        if let Some((_, end)) = too_low.filter(|_| is_log) {
            let message = "the ends of a `log` range must be above 0";
            let diagnostic = Diagnostic::error(Code::OUT_OF_RANGE, end.span, message);
            return context.fail(diagnostic.help("`linear` may begin at 0"));
        }
        if from.value == to.value {
            let message = "the ends of a range must differ";
            return context.fail(Diagnostic::error(Code::OUT_OF_RANGE, last.span, message));
        }
        if raw.n.as_ref().is_some_and(|n| **n < 2) {
            let message = "`n` must be at least 2: both ends are tried";
            return context.fail(Diagnostic::error(
                Code::OUT_OF_RANGE,
                raw.n.and_then(|n| n.span()),
                message,
            ));
        }
        if is_grid && raw.n.is_none() {
            let message = "the key `n` is missing: how many values are tried, both ends among them";
            return context.fail(Diagnostic::error(Code::MISSING_KEY, entry.key_span, message));
        }
        Ok(Self {
            from: from.value,
            to: to.value,
            is_log,
            is_whole: from.is_whole && to.is_whole,
            unit: from.unit,
            count: raw.n.map(|n| *n),
        })
    }

    /// The value at a share of the way, from 0 to 1, as TOML.
    fn at(&self, share: f64) -> String {
        let value = match self.is_log {
            true => self.from * (self.to / self.from).powf(share),
            false => self.from + (self.to - self.from) * share,
        };
        let value = if share == 0.0 {
            self.from
        } else if share == 1.0 {
            self.to
        } else {
            value
        };
        let number = match self.is_whole {
            true => (value.round() as i128).to_string(),
            false => format!("{value:.5e}").parse().unwrap_or(value).to_string(),
        };
        match &self.unit {
            Some(unit) => format!("\"{number}{unit}\""),
            None if self.is_whole || number.contains('.') => number,
            None => format!("{number}.0"),
        }
    }
}

/// A number with its unit, where it is a text.
struct Number {
    value: f64,
    is_whole: bool,
    unit: Option<String>,
}

fn number(context: &mut Context, node: &Node) -> Told<Number> {
    let read = match &node.value {
        Value::Integer(value) => Some(Number { value: *value as f64, is_whole: true, unit: None }),
        Value::Float(value) => Some(Number { value: *value, is_whole: false, unit: None }),
        Value::Text(text) => {
            let digits = text.trim_start_matches(['+', '-']);
            let end = digits.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(digits.len());
            let (number, unit) = text.split_at(text.len() - digits.len() + end);
            let is_plain = !unit.contains(|c: char| c.is_ascii_digit());
            let value = number.parse().ok().filter(|_| is_plain);
            value.map(|value| Number { value, is_whole: !number.contains('.'), unit: Some(unit.to_owned()) })
        }
        _ => None,
    };
    match read.filter(|number| number.value.is_finite()) {
        Some(number) => Ok(number),
        None => {
            let message =
                format!("an end of a range is a number with one unit at most, found {}", node.kind());
            let diagnostic = Diagnostic::error(Code::WRONG_VALUE, node.span, message);
            context
                .fail(diagnostic.help("for example `5`, `\"90s\"` or `\"500m\"`; other values can be listed"))
        }
    }
}
