//! How wide text may become in a font that is not known.

/// The advance of a character in a wide sans-serif font (the widest of those in use: Verdana and DejaVu Sans), in parts of its size.
fn advance(c: char) -> f64 {
    match c {
        'i' | 'j' | 'l' | 'I' | '|' | '\'' => 0.36,
        ' ' | '.' | ',' | ':' | ';' | '·' | '(' | ')' | '[' | ']' | '/' | '-' | '!' | 'f' | 't' | 'r'
        | 'J' => 0.46,
        'm' | 'w' | 'M' | 'W' | '%' | '@' | '…' | '—' => 1.1,
        '0'..='9' | 'a'..='z' | '_' => 0.65,
        'A'..='Z' => 0.79,
        '$' | '#' | '*' | '"' => 0.65,
        _ => 1.05,
    }
}

/// An upper bound of the width of a text in this size, in the same unit as the size.
pub(super) fn width(text: &str, size: f64, is_bold: bool) -> f64 {
    text.chars().map(advance).sum::<f64>() * size * if is_bold { 1.14 } else { 1.0 }
}

/// The text, cut off with an ellipsis where it may be wider than the room, and without what XML does not allow.
pub(super) fn fitting(text: &str, size: f64, is_bold: bool, room: f64) -> String {
    let clean: String = text
        .chars()
        .map(|c| if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') { ' ' } else { c })
        .collect();
    if width(&clean, size, is_bold) <= room {
        return clean;
    }
    let room = room - width("…", size, is_bold);
    let mut used = 0.0;
    let fits = clean.chars().take_while(|c| {
        used += width(c.encode_utf8(&mut [0; 4]), size, is_bold);
        used <= room
    });
    let cut: String = fits.collect();
    format!("{}…", cut.trim_end())
}

/// The text in at most so many lines, broken between words; the last one is cut off where there would be more.
pub(super) fn lines(text: &str, size: f64, is_bold: bool, room: f64, most: usize) -> Vec<String> {
    let clean = fitting(text, size, is_bold, f64::INFINITY);
    let (mut lines, mut rest) = (Vec::new(), clean.as_str());
    while lines.len() + 1 < most && width(rest, size, is_bold) > room {
        let fits = |at: &usize| rest.get(..*at).is_some_and(|begin| width(begin, size, is_bold) <= room);
        let cut = rest.rmatch_indices(' ').map(|(at, _)| at).find(fits);
        let Some((line, more)) = cut.map(|at| rest.split_at(at)) else { break };
        lines.push(line.to_owned());
        rest = more.trim_start();
    }
    lines.push(fitting(rest, size, is_bold, room));
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_wide_is_cut_and_what_is_no_text_goes() {
        assert_eq!(fitting("a\u{0}b\nc", 10.0, false, 100.0), "a b c");
        let cut = fitting(&"word ".repeat(40), 10.0, true, 100.0);
        assert!(cut.ends_with("word…") && width(&cut, 10.0, true) <= 100.0, "{cut}");
        assert_eq!(fitting("word", 10.0, false, 0.0), "…");
        let text = "some words that take three lines";
        let broken = lines(text, 10.0, false, 70.0, 9);
        assert!(broken.len() == 4 && broken.join(" ") == text, "{broken:?}");
        assert!(lines(text, 10.0, false, 70.0, 2)[1].ends_with('…'));
        assert_eq!(lines("", 10.0, false, 100.0, 2), [""]);
        assert_eq!(lines("word", 10.0, false, 1.0, 2), ["…"]);
    }
}
