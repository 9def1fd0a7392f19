//! Lines of text that never pass a width, with colour or without.

use anstyle::AnsiColor;
use unicode_width::UnicodeWidthChar;

/// How a piece of text is meant. Colour only repeats what the words say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Tone {
    #[default]
    Plain,
    Good,
    Bad,
    Heading,
    Faint,
}

impl Tone {
    fn style(self) -> anstyle::Style {
        match self {
            Self::Plain => anstyle::Style::new(),
            Self::Good => AnsiColor::Green.on_default(),
            Self::Bad => AnsiColor::Red.on_default(),
            Self::Heading => anstyle::Style::new().bold(),
            Self::Faint => anstyle::Style::new().dimmed(),
        }
    }
}

/// A line: characters, each with its tone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Line(Vec<(Tone, char)>);

impl Line {
    pub(crate) fn plain(text: &str) -> Self {
        Self::default().with(Tone::Plain, text)
    }

    /// The line, followed by this text. What would move the cursor becomes a space.
    pub(crate) fn with(mut self, tone: Tone, text: &str) -> Self {
        self.0.extend(text.chars().map(|c| (tone, if c.is_control() { ' ' } else { c })));
        self
    }

    /// Columns that it takes in a terminal.
    pub(crate) fn width(&self) -> usize {
        width(&self.0)
    }

    /// The line cut off at `room` columns, with an ellipsis where something is missing.
    fn clipped(mut self, room: usize) -> Self {
        if self.width() > room {
            self.0.truncate(fitting(&self.0, room.saturating_sub(1)));
            self.0.push((Tone::Plain, '…'));
        }
        self
    }

    /// The line broken at spaces, all but the first line indented.
    fn wrapped(self, room: usize, indent: usize) -> Vec<Self> {
        let indent = indent.min(room / 2);
        let mut lines = Vec::new();
        let mut rest = self.0.as_slice();
        loop {
            let margin = if lines.is_empty() { 0 } else { indent };
            let fits = fitting(rest, room - margin);
            let mut line = Self::default().with(Tone::Plain, &" ".repeat(margin));
            if fits == rest.len() {
                line.0.extend(rest);
                lines.push(line);
                return lines;
            }
            let text_starts = rest.iter().position(|(_, c)| *c != ' ').unwrap_or(0);
            let cut = (text_starts + 1..=fits).rev().find(|at| is_break(rest, *at)).unwrap_or(fits.max(1));
            line.0.extend(&rest[..cut]);
            lines.push(line);
            rest = &rest[cut..];
            let blank = rest.iter().take_while(|(_, c)| *c == ' ').count();
            rest = &rest[blank..];
        }
    }

    fn render(&self, color: bool, out: &mut String) {
        let blank = self.0.iter().rev().take_while(|(_, c)| *c == ' ').count();
        let text = &self.0[..self.0.len() - blank];
        for run in text.chunk_by(|a, b| a.0 == b.0) {
            let tone = run.first().map(|(tone, _)| *tone).unwrap_or_default();
            let is_styled = color && tone != Tone::Plain;
            if is_styled {
                out.push_str(&tone.style().render().to_string());
            }
            out.extend(run.iter().map(|(_, c)| *c));
            if is_styled {
                out.push_str(&tone.style().render_reset().to_string());
            }
        }
    }
}

fn width(text: &[(Tone, char)]) -> usize {
    text.iter().map(|(_, c)| c.width().unwrap_or(0)).sum()
}

/// How many characters fit into so many columns.
fn fitting(text: &[(Tone, char)], room: usize) -> usize {
    let mut used = 0;
    let passes = |(_, c): &(Tone, char)| {
        used += c.width().unwrap_or(0);
        used > room
    };
    text.iter().position(passes).unwrap_or(text.len())
}

/// Whether a line may end before this character: at a space that does not part a number from its unit.
fn is_break(text: &[(Tone, char)], at: usize) -> bool {
    let char_at = |at: usize| text.get(at).map_or(' ', |(_, c)| *c);
    let parts_unit =
        char_at(at - 1).is_ascii_digit() && (char_at(at + 1).is_alphabetic() || char_at(at + 1) == '%');
    char_at(at) == ' ' && !parts_unit
}

/// A text of lines that are at most `width` columns wide.
#[derive(Clone, Debug)]
pub(crate) struct Page {
    width: usize,
    lines: Vec<Line>,
}

impl Page {
    pub(crate) fn new(width: usize) -> Self {
        Self { width, lines: Vec::new() }
    }

    pub(crate) fn width(&self) -> usize {
        self.width
    }

    /// Adds a line; what does not fit is cut off.
    pub(crate) fn push(&mut self, line: Line) {
        self.lines.push(line.clipped(self.width));
    }

    /// Adds a line; what does not fit goes on in further lines, indented by so many columns.
    pub(crate) fn push_wrapped(&mut self, line: Line, indent: usize) {
        self.lines.extend(line.wrapped(self.width, indent));
    }

    /// Adds an empty line and a heading, with a remark beside it.
    pub(crate) fn heading(&mut self, text: &str, remark: &str) {
        self.lines.push(Line::default());
        let remark = if remark.is_empty() { String::new() } else { format!("  {remark}") };
        self.push_wrapped(Line::default().with(Tone::Heading, text).with(Tone::Faint, &remark), 2);
    }

    pub(crate) fn render(&self, color: bool) -> String {
        let mut out = String::new();
        for line in &self.lines {
            line.render(color, &mut out);
            out.push('\n');
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn wrapped(text: &str, width: usize) -> String {
        let mut page = Page::new(width);
        page.push_wrapped(Line::plain(text), 2);
        page.render(false)
    }

    #[test]
    fn lines_break_between_words_but_not_before_a_unit() {
        assert_eq!(wrapped("one two 41.3 s three", 13), "one two\n  41.3 s\n  three\n");
        assert_eq!(wrapped("aaaaaaaaaa", 6), "aaaaaa\n  aaaa\n");
    }

    #[test]
    fn colour_adds_nothing_but_escapes() {
        let mut page = Page::new(20);
        page.push(Line::default().with(Tone::Bad, "MISSED").with(Tone::Plain, " 1\n2  "));
        assert_eq!(page.render(false), "MISSED 1 2\n");
        assert_eq!(page.render(true), "\u{1b}[31mMISSED\u{1b}[0m 1 2\n");
    }

    proptest! {
        #[test]
        fn no_line_passes_the_width_and_no_word_is_lost(text in "[ -~·—模]{0,200}", width in 4usize..60, indent in 0usize..80) {
            let mut page = Page::new(width);
            page.push_wrapped(Line::plain(&text), indent);
            prop_assert!(page.lines.iter().all(|line| line.width() <= width));
            let letters = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
            prop_assert_eq!(letters(&page.render(false)), letters(&text));
            page.push(Line::plain(&text));
            prop_assert!(page.lines.iter().all(|line| line.width() <= width));
        }
    }
}
