//! PromQL: expressions and their instant evaluation over a store.
//!
//! What is evaluated is what the guides' queries and rules need: instant vector selectors with matchers, `sum`, `avg`, `min`, `max` and
//! `count` with `by` or `without`, and `label_replace`. Anything else is an error that names it; nothing is approximated.
//!
//! ```
//! use forescale_promql::{Expr, Labels, Matcher, Sample, Selector, Store, evaluate};
//!
//! struct Two;
//! impl Store for Two {
//!     fn select(&self, selector: &Selector, _: i64) -> Vec<Sample> {
//!         let sample = |pod: &str, value| Sample {
//!             labels: Labels::new([("__name__", "up"), ("pod", pod)]),
//!             value,
//!         };
//!         [sample("a", 1.0), sample("b", 2.0)].into_iter().filter(|s| selector.matches(&s.labels)).collect()
//!     }
//! }
//!
//! let all = Selector::new(vec![Matcher::equal("__name__", "up")]);
//! let sum = evaluate(&Expr::sum(all), &Two, 0)?;
//! assert_eq!(sum, [Sample { labels: Labels::default(), value: 3.0 }]);
//! # Ok::<(), forescale_promql::EvaluateError>(())
//! ```

mod evaluate;
mod expr;
mod labels;
#[cfg(feature = "parse")]
mod parse;
mod selector;

pub use evaluate::{EvaluateError, Sample, Store, evaluate};
pub use expr::{AggregateOp, Expr, Grouping, LabelReplace};
pub use labels::{Labels, METRIC_NAME};
#[cfg(feature = "parse")]
pub use parse::{ParseError, parse, parse_selector};
pub use selector::{MatchOp, Matcher, Selector};
