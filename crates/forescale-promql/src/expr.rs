//! Expressions: what can be evaluated.

use crate::labels::METRIC_NAME;
use crate::selector::Selector;
use regex::Regex;
use std::fmt;

/// An expression that gives an instant vector.
#[derive(Clone, Debug, PartialEq)]
pub enum Expr {
    /// The newest sample of each selected series.
    Selector(Selector),
    /// An aggregation: one sample per group, none where there is nothing to aggregate.
    Aggregate {
        /// What becomes of a group's values.
        op: AggregateOp,
        /// Which samples are one group.
        grouping: Grouping,
        /// What is aggregated.
        of: Box<Expr>,
    },
    /// `label_replace(…)`
    LabelReplace(Box<LabelReplace>),
}

impl Expr {
    /// `sum(selector)`: one sample without labels, or none where nothing is selected.
    pub fn sum(selector: Selector) -> Self {
        let of = Box::new(Self::Selector(selector));
        Self::Aggregate { op: AggregateOp::Sum, grouping: Grouping::default(), of }
    }

    /// The selectors that the expression reads.
    pub fn selectors(&self) -> impl Iterator<Item = &Selector> {
        // Every expression here has exactly one operand, so there is one selector at its end.
        let mut inner = self;
        loop {
            inner = match inner {
                Self::Selector(selector) => return std::iter::once(selector),
                Self::Aggregate { of, .. } => of,
                Self::LabelReplace(replace) => &replace.of,
            };
        }
    }

    /// Whether each sample of the answer carries this label as the selected series had it, and comes of such series alone.
    pub fn keeps(&self, label: &str) -> bool {
        match self {
            Self::Selector(_) => true,
            Self::Aggregate { grouping, of, .. } => grouping.keeps(label) && of.keeps(label),
            Self::LabelReplace(replace) => replace.to != label && replace.of.keeps(label),
        }
    }
}

impl fmt::Display for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Selector(selector) => selector.fmt(f),
            Self::Aggregate { op, grouping, of } => write!(f, "{}{grouping}({of})", op.name()),
            Self::LabelReplace(replace) => replace.fmt(f),
        }
    }
}

/// An aggregation operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AggregateOp {
    /// The compensated sum.
    Sum,
    /// The arithmetic mean.
    Avg,
    /// The least number; `NaN` only where there is no other.
    Min,
    /// The greatest number; `NaN` only where there is no other.
    Max,
    /// How many samples there are.
    Count,
}

impl AggregateOp {
    /// All that are evaluated.
    pub const ALL: [Self; 5] = [Self::Sum, Self::Avg, Self::Min, Self::Max, Self::Count];

    /// The operator in PromQL.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sum => "sum",
            Self::Avg => "avg",
            Self::Min => "min",
            Self::Max => "max",
            Self::Count => "count",
        }
    }
}

/// Which labels make a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Grouping {
    /// `by (…)`: these, as far as a sample has them; none of them makes one group.
    By(Vec<String>),
    /// `without (…)`: all but these and the metric's name.
    Without(Vec<String>),
}

impl Default for Grouping {
    /// One group.
    fn default() -> Self {
        Self::By(Vec::new())
    }
}

impl Grouping {
    /// Whether a label is one of a group's.
    pub fn keeps(&self, label: &str) -> bool {
        match self {
            Self::By(labels) => labels.iter().any(|kept| kept == label),
            Self::Without(labels) => label != METRIC_NAME && labels.iter().all(|dropped| dropped != label),
        }
    }
}

impl fmt::Display for Grouping {
    /// As it stands between the operator and its operand.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::By(labels) if labels.is_empty() => Ok(()),
            Self::By(labels) => write!(f, " by ({}) ", labels.join(", ")),
            Self::Without(labels) => write!(f, " without ({}) ", labels.join(", ")),
        }
    }
}

/// `label_replace(of, to, replacement, from, pattern)`: where the value of the label `from` matches the pattern as a whole, the
/// label `to` becomes the replacement, with `$1` and the like filled in; an empty one removes the label.
#[derive(Clone, Debug)]
pub struct LabelReplace {
    /// What is relabelled.
    pub of: Expr,
    /// The label that is written.
    pub to: String,
    /// What is written.
    pub replacement: String,
    /// The label that is read; one that is absent reads as empty.
    pub from: String,
    /// The pattern as written.
    pub pattern: String,
    regex: Regex,
}

impl LabelReplace {
    /// A replacement.
    ///
    /// # Errors
    /// Where the pattern is no regular expression.
    pub fn new(
        of: Expr,
        to: impl Into<String>,
        replacement: impl Into<String>,
        from: impl Into<String>,
        pattern: impl Into<String>,
    ) -> Result<Self, regex::Error> {
        let pattern = pattern.into();
        let regex = Regex::new(&format!("^(?s:{pattern})$"))?;
        Ok(Self { of, to: to.into(), replacement: replacement.into(), from: from.into(), pattern, regex })
    }

    /// What the label becomes; `None` where the pattern does not match and it stays as it is.
    pub fn value(&self, from: &str) -> Option<String> {
        let captures = self.regex.captures(from)?;
        let mut value = String::new();
        captures.expand(&self.replacement, &mut value);
        Some(value)
    }
}

impl PartialEq for LabelReplace {
    /// Two are equal if they are written alike.
    fn eq(&self, other: &Self) -> bool {
        self.to_string() == other.to_string()
    }
}

impl fmt::Display for LabelReplace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { of, to, replacement, from, pattern, .. } = self;
        write!(f, "label_replace({of}, {to:?}, {replacement:?}, {from:?}, {pattern:?})")
    }
}
