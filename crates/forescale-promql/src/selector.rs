//! Selectors: which series a query reads.

use crate::labels::{Labels, METRIC_NAME};
use regex::Regex;
use std::fmt;

/// How a matcher compares.
#[derive(Clone, Debug)]
pub enum MatchOp {
    /// `=`
    Equal,
    /// `!=`
    NotEqual,
    /// `=~`, anchored at both ends
    Regex(Regex),
    /// `!~`, anchored at both ends
    NotRegex(Regex),
}

/// A condition on one label.
#[derive(Clone, Debug)]
pub struct Matcher {
    /// The label.
    pub name: String,
    /// The comparison.
    pub op: MatchOp,
    /// The value as written.
    pub value: String,
}

impl Matcher {
    /// `name="value"`
    pub fn equal(name: impl Into<String>, value: impl Into<String>) -> Self {
        Self { name: name.into(), op: MatchOp::Equal, value: value.into() }
    }

    /// Whether a label value meets the condition; an absent label has the empty value.
    pub fn matches(&self, value: &str) -> bool {
        match &self.op {
            MatchOp::Equal => value == self.value,
            MatchOp::NotEqual => value != self.value,
            MatchOp::Regex(regex) => regex.is_match(value),
            MatchOp::NotRegex(regex) => !regex.is_match(value),
        }
    }
}

impl PartialEq for Matcher {
    /// Two matchers are equal if they are written alike.
    fn eq(&self, other: &Self) -> bool {
        self.to_string() == other.to_string()
    }
}

impl fmt::Display for Matcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let op = match self.op {
            MatchOp::Equal => "=",
            MatchOp::NotEqual => "!=",
            MatchOp::Regex(_) => "=~",
            MatchOp::NotRegex(_) => "!~",
        };
        write!(f, "{}{op}{:?}", self.name, self.value)
    }
}

/// An instant vector selector: all conditions must hold.
#[derive(Clone, Debug, PartialEq)]
pub struct Selector {
    matchers: Vec<Matcher>,
}

impl Selector {
    /// A selector; the metric's name is the matcher of [`METRIC_NAME`].
    pub fn new(matchers: Vec<Matcher>) -> Self {
        Self { matchers }
    }

    /// The conditions.
    pub fn matchers(&self) -> &[Matcher] {
        &self.matchers
    }

    /// The metric's name where the selector names exactly one.
    pub fn metric_name(&self) -> Option<&str> {
        let exact = |matcher: &&Matcher| matcher.name == METRIC_NAME && matches!(matcher.op, MatchOp::Equal);
        self.matchers.iter().find(exact).map(|matcher| matcher.value.as_str())
    }

    /// Whether a metric of this name can be read, whatever its other labels are.
    pub fn matches_name(&self, name: &str) -> bool {
        self.matchers
            .iter()
            .filter(|matcher| matcher.name == METRIC_NAME)
            .all(|matcher| matcher.matches(name))
    }

    /// Whether a series with these labels is read.
    pub fn matches(&self, labels: &Labels) -> bool {
        self.matchers.iter().all(|matcher| matcher.matches(labels.get(&matcher.name)))
    }
}

impl fmt::Display for Selector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.metric_name();
        f.write_str(name.unwrap_or_default())?;
        let others = self.matchers.iter().filter(|matcher| name.is_none() || matcher.name != METRIC_NAME);
        let others: Vec<String> = others.map(Matcher::to_string).collect();
        if others.is_empty() && name.is_some() { Ok(()) } else { write!(f, "{{{}}}", others.join(",")) }
    }
}
