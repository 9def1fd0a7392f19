//! Texts that cannot move a terminal's cursor or turn its writing around.

/// Whether a terminal would do something else with it than show it.
pub(crate) fn is_harmful(c: char) -> bool {
    let turns = matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    c.is_control() || turns || matches!(c, '\u{2028}' | '\u{2029}')
}

/// A text as it can be shown on a terminal, on one line.
pub(crate) fn harmless(text: &str) -> String {
    text.replace(is_harmful, "\u{fffd}")
}
