//! PromQL: expressions and their instant evaluation over a store.
//!
//! What is evaluated so far is what the two metric queries of the guides need: instant vector selectors with matchers, and `sum`
//! over one. Anything else is an error that names it; nothing is approximated.
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
//! let sum = evaluate(&Expr::Sum(all), &Two, 0);
//! assert_eq!(sum, [Sample { labels: Labels::default(), value: 3.0 }]);
//! ```

mod evaluate;
mod labels;
#[cfg(feature = "parse")]
mod parse;
mod selector;

pub use evaluate::{Expr, Sample, Store, evaluate};
pub use labels::{Labels, METRIC_NAME};
#[cfg(feature = "parse")]
pub use parse::{ParseError, parse, parse_selector};
pub use selector::{MatchOp, Matcher, Selector};
