//! What was expected and what came, side by side.

use serde::Serialize;
use serde_json::Value;
use std::fmt::Write;

/// Nothing where the two are equal, else both, field by field; those that differ are marked.
pub(super) fn difference<T: PartialEq + Serialize>(
    place: &str,
    expected: &T,
    ours: &T,
) -> Result<(), String> {
    if expected == ours {
        return Ok(());
    }
    let mut text = format!("{place}\n      {:<40} | ours", "expected");
    let (expected, ours) = (fields(expected), fields(ours));
    for (key, was) in &expected {
        let came = ours.iter().find(|(other, _)| other == key).map_or("", |(_, value)| value);
        if was == came && (was == "[]" || was == "null") {
            continue;
        }
        let mark = if was == came { ' ' } else { '*' };
        // Writing to a String cannot fail.
        let _: std::fmt::Result = write!(text, "\n{mark} {key:>3} {was:<40} | {came}");
    }
    Err(text)
}

fn fields(of: &impl Serialize) -> Vec<(String, String)> {
    match serde_json::to_value(of) {
        Ok(Value::Object(map)) => map.into_iter().map(|(key, value)| (key, value.to_string())).collect(),
        other => vec![("is".to_owned(), format!("{other:?}"))],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vllm::steps::Step;

    #[test]
    fn differing_fields_are_marked() {
        let expected = Step { s: vec![0, 5], pre: vec![3], u: (2, 2), ..Step::default() };
        let ours = Step { pre: vec![], ..expected.clone() };
        assert_eq!(difference("step 4", &expected, &expected), Ok(()));
        let text = difference("step 4", &expected, &ours).unwrap_err();
        assert_eq!(text.lines().next(), Some("step 4"));
        assert!(text.contains(&format!("\n* pre {:<40} | []", "[3]")), "{text}");
        assert!(text.contains(&format!("\n    s {0:<40} | {0}", "[0,5]")), "{text}");
        assert!(!text.contains("fin"), "{text}");
    }
}
