//! Reading expressions from text, by promql-parser.

use crate::expr::{AggregateOp, Expr, Grouping, LabelReplace};
use crate::labels::METRIC_NAME;
use crate::selector::{MatchOp, Matcher, Selector};
use promql_parser::label;
use promql_parser::parser::{self, AggregateExpr, Expr as Ast, LabelModifier, VectorSelector, token};
use regex::Regex;

/// Why a text is not an expression that can be evaluated.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseError {
    /// Not PromQL.
    #[error("not PromQL: {0}")]
    Syntax(String),
    /// PromQL that is not evaluated yet.
    #[error(
        "{0} is not evaluated yet; selectors, `sum`, `avg`, `min`, `max` and `count` with `by` or `without`, and `label_replace` are"
    )]
    NotYet(String),
}

/// Reads an expression.
///
/// # Errors
/// A [`ParseError`] for what is not PromQL, and for what is but is not evaluated yet.
pub fn parse(text: &str) -> Result<Expr, ParseError> {
    convert(&parser::parse(text).map_err(|found| ParseError::Syntax(in_words(&found)))?)
}

/// Reads a selector.
///
/// # Errors
/// A [`ParseError`] where the text is anything else.
pub fn parse_selector(text: &str) -> Result<Selector, ParseError> {
    match parse(text)? {
        Expr::Selector(selector) => Ok(selector),
        _ => Err(ParseError::Syntax("a selector is expected, not an expression around it".to_owned())),
    }
}

/// The parser's findings by words of its own, in ours.
const FINDINGS: [(&str, &str); 16] = [
    ("unexpected '=' in label matching", "a matcher has one operator: `=`, `!=`, `=~` or `!~`"),
    ("no expression found", "there is no expression"),
    ("unclosed left parenthesis", "a `(` has no closing `)`"),
    ("too many left parentheses", "a `(` has no closing `)`"),
    ("unexpected right parenthesis", "a `)` closes nothing that is open"),
    ("unexpected right brace", "a `}` closes nothing that is open"),
    ("unexpected right bracket", "a `]` closes nothing that is open"),
    ("inside braces", "the `{` of a selector has no closing `}`, or no `,` stands between its matchers"),
    ("inside brackets", "the `[` of a range has no closing `]`, or holds no duration"),
    ("unterminated quoted string", "a text has no closing quotation mark"),
    ("escape sequence", "this escape does not exist in a text"),
    ("expected string", "the value of a label needs quotation marks: `{label=\"value\"}`"),
    ("label matching", "the matchers of a selector are `label=\"value\"`, with commas between them"),
    ("label matcher", "a label in `{…}` needs `=`, `!=`, `=~` or `!~` and a value"),
    ("illegal regex", "a pattern is no regular expression"),
    ("at least one non-empty matcher", "a selector needs a metric name, or a matcher that is not empty"),
];

fn in_words(found: &str) -> String {
    if let Some(name) = found.strip_prefix("unknown function with name ") {
        return format!("there is no function `{}`", name.trim_matches('\''));
    }
    let known = FINDINGS.iter().find(|(words, _)| found.contains(words));
    known.map_or("this is no expression", |(_, ours)| ours).to_owned()
}

fn convert(ast: &Ast) -> Result<Expr, ParseError> {
    let not_yet = |what: &str| Err(ParseError::NotYet(what.to_owned()));
    match ast {
        Ast::Paren(inner) => convert(&inner.expr),
        Ast::VectorSelector(selector) => Ok(Expr::Selector(convert_selector(selector)?)),
        Ast::Aggregate(aggregate) => convert_aggregate(aggregate),
        Ast::Unary(_) => not_yet("the unary minus"),
        Ast::Binary(_) => not_yet("an operator between two expressions"),
        Ast::Subquery(_) => not_yet("a subquery"),
        Ast::NumberLiteral(_) => not_yet("a number"),
        Ast::StringLiteral(_) => not_yet("a string"),
        Ast::MatrixSelector(_) => not_yet("a range selector"),
        Ast::Call(call) if call.func.name == "label_replace" => convert_label_replace(&call.args.args),
        Ast::Call(call) => not_yet(&format!("`{}()`", call.func.name)),
        Ast::Extension(_) => not_yet("an extension"),
    }
}

fn convert_aggregate(aggregate: &AggregateExpr) -> Result<Expr, ParseError> {
    let op = match aggregate.op.id() {
        token::T_SUM => AggregateOp::Sum,
        token::T_AVG => AggregateOp::Avg,
        token::T_MIN => AggregateOp::Min,
        token::T_MAX => AggregateOp::Max,
        token::T_COUNT => AggregateOp::Count,
        _ => return Err(ParseError::NotYet(format!("`{}`", aggregate.op))),
    };
    let grouping = match &aggregate.modifier {
        None => Grouping::default(),
        Some(LabelModifier::Include(labels)) => Grouping::By(labels.labels.clone()),
        Some(LabelModifier::Exclude(labels)) => Grouping::Without(labels.labels.clone()),
    };
    Ok(Expr::Aggregate { op, grouping, of: Box::new(convert(&aggregate.expr)?) })
}

fn convert_label_replace(args: &[Box<Ast>]) -> Result<Expr, ParseError> {
    let text = |arg: &Ast| match arg {
        Ast::StringLiteral(text) => Ok(text.val.clone()),
        _ => Err(ParseError::Syntax("`label_replace` takes an expression and four texts".to_owned())),
    };
    let [of, to, replacement, from, pattern] = args else {
        return Err(ParseError::Syntax("`label_replace` takes an expression and four texts".to_owned()));
    };
    let (to, pattern) = (text(to)?, text(pattern)?);
    if !is_label_name(&to) {
        return Err(ParseError::Syntax(format!("`{to}` in `label_replace` is no name of a label")));
    }
    let replace = LabelReplace::new(convert(of)?, to, text(replacement)?, text(from)?, &pattern);
    match replace {
        Ok(replace) => Ok(Expr::LabelReplace(Box::new(replace))),
        Err(_) => Err(ParseError::Syntax(format!("`{pattern}` is no regular expression"))),
    }
}

/// Letters, digits and `_`, not beginning with a digit.
fn is_label_name(name: &str) -> bool {
    let is_letter = |c: char| c.is_ascii_alphabetic() || c == '_';
    name.starts_with(is_letter) && name.chars().all(|c| is_letter(c) || c.is_ascii_digit())
}

fn convert_selector(selector: &VectorSelector) -> Result<Selector, ParseError> {
    if selector.offset.is_some() || selector.at.is_some() {
        return Err(ParseError::NotYet("`offset` or `@`".to_owned()));
    }
    if !selector.matchers.or_matchers.is_empty() {
        return Err(ParseError::NotYet("`or` between matchers".to_owned()));
    }
    let mut matchers: Vec<Matcher> =
        selector.name.iter().map(|name| Matcher::equal(METRIC_NAME, name.as_str())).collect();
    for matcher in &selector.matchers.matchers {
        let anchored = || {
            let wrong = |_| ParseError::Syntax(format!("`{}` is no regular expression", matcher.value));
            Regex::new(&format!("^(?s:{})$", matcher.value)).map_err(wrong)
        };
        let op = match &matcher.op {
            label::MatchOp::Equal => MatchOp::Equal,
            label::MatchOp::NotEqual => MatchOp::NotEqual,
            label::MatchOp::Re(_) => MatchOp::Regex(anchored()?),
            label::MatchOp::NotRe(_) => MatchOp::NotRegex(anchored()?),
        };
        matchers.push(Matcher { name: matcher.name.clone(), op, value: matcher.value.clone() });
    }
    Ok(Selector::new(matchers))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::labels::Labels;

    #[test]
    fn the_guides_queries_read_back() {
        for text in [
            r#"sum(inference_extension_flow_control_queue_size{inference_pool="pool"})"#,
            r#"sum(vllm:num_requests_waiting{pod=~"a|b",namespace!="x"})"#,
            "vllm:num_requests_running",
            r#"{__name__=~"vllm.*"}"#,
            r#"sum by (pod) (vllm:num_requests_running{namespace="llm"})"#,
            "avg without (gpu, UUID) (m)",
            "count(max by (pod) (m))",
            r#"label_replace(label_replace(m, "pod", "$1", "exported_pod", "(.+)"), "namespace", "$1", "exported_namespace", "(.+)")"#,
        ] {
            assert_eq!(parse(text).map(|expr| expr.to_string()), Ok(text.to_owned()));
        }
    }

    #[test]
    fn patterns_are_anchored() {
        let selector = parse_selector(r#"m{a=~"b|c"}"#).unwrap();
        let matches = |value| selector.matches(&Labels::new([(METRIC_NAME, "m"), ("a", value)]));
        assert!(matches("b") && matches("c") && !matches("bc") && !matches("xb"));
    }

    #[test]
    fn what_is_not_evaluated_is_named() {
        for (text, what) in [
            ("topk(3, m)", "`topk`"),
            ("label_join(m, \"a\", \"-\", \"b\")", "`label_join()`"),
            ("sum(rate(m[1m]))", "`rate()`"),
            ("rate(m[5m])", "`rate()`"),
            ("m or vector(0)", "operator"),
            ("m offset 5m", "`offset`"),
        ] {
            match parse(text) {
                Err(ParseError::NotYet(found)) => assert!(found.contains(what), "{text}: {found}"),
                other => panic!("{text}: {other:?}"),
            }
        }
        let wrong =
            ["sum(", r#"label_replace(m, "0", "", "b", "")"#, r#"label_replace(m, "a", "", "b", "(")"#];
        for text in wrong {
            assert!(matches!(parse(text), Err(ParseError::Syntax(_))), "{text}");
        }
    }
}
