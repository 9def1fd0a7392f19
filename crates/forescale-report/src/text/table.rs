//! Small tables without borders, as kubectl prints them.

use crate::page::{Line, Page};
use comfy_table::{CellAlignment, presets};
use unicode_width::UnicodeWidthStr;

/// Spaces between two columns.
const GAP: usize = 3;

/// A table in the making. The first column is aligned left, and so are all that are not named as numbers.
pub(crate) struct Table {
    rows: Vec<Vec<String>>,
    numbers: Vec<usize>,
}

impl Table {
    /// An empty table; these columns hold numbers and are aligned right.
    pub(crate) fn new(numbers: &[usize]) -> Self {
        Self { rows: Vec::new(), numbers: numbers.to_vec() }
    }

    pub(crate) fn row(&mut self, cells: Vec<String>) {
        self.rows.push(cells);
    }

    /// The rows, however wide, with three spaces between columns and none at the end.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.block(&(0..self.columns()).collect::<Vec<_>>())
    }

    /// Adds the rows to a page. Columns for which it is too narrow follow below, after an empty line, with the first row and the first `labels`
    /// columns once more.
    pub(crate) fn write(&self, page: &mut Page, labels: usize) {
        self.lines_within(page.width(), labels).iter().for_each(|line| page.push(Line::plain(line)));
    }

    /// The lines of [`write`](Self::write). None is wider than `width` but where labels and a single column are.
    fn lines_within(&self, width: usize, labels: usize) -> Vec<String> {
        let mut lines = Vec::new();
        for block in self.blocks(width, labels) {
            if !lines.is_empty() {
                lines.push(String::new());
            }
            lines.extend(self.block(&block));
        }
        lines
    }

    /// The columns of each block.
    fn blocks(&self, width: usize, labels: usize) -> Vec<Vec<usize>> {
        let columns: Vec<usize> = (0..self.columns()).map(|column| self.width(column)).collect();
        let taken = |block: &[usize]| -> usize {
            let widths = block.iter().filter_map(|column| columns.get(*column));
            widths.sum::<usize>() + GAP * block.len().saturating_sub(1)
        };
        // Labels that leave little room for anything else are repeated but for the first one.
        let labels: Vec<usize> = (0..labels.min(columns.len())).collect();
        let labels = if 2 * taken(&labels) > width { labels.into_iter().take(1).collect() } else { labels };
        let mut blocks = Vec::new();
        let mut block = labels.clone();
        for column in labels.len()..columns.len() {
            block.push(column);
            if taken(&block) > width && block.len() > labels.len() + 1 {
                block.pop();
                blocks.push(std::mem::replace(&mut block, labels.clone()));
                block.push(column);
            }
        }
        blocks.push(block);
        blocks
    }

    fn columns(&self) -> usize {
        self.rows.iter().map(Vec::len).max().unwrap_or(0)
    }

    fn width(&self, column: usize) -> usize {
        let cells = self.rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| cell.width()).max().unwrap_or(0).max(1)
    }

    /// These columns of all rows.
    fn block(&self, columns: &[usize]) -> Vec<String> {
        let mut table = comfy_table::Table::new();
        table.load_style(presets::NOTHING);
        for row in &self.rows {
            table.add_row(columns.iter().map(|column| row.get(*column).cloned().unwrap_or_default()));
        }
        for (column, place) in table.column_iter_mut().zip(columns) {
            column.set_padding((0, GAP as u16));
            if self.numbers.contains(place) {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        table.lines().map(|line| line.trim_end().to_owned()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn table(rows: &[&[&str]]) -> Table {
        let mut table = Table::new(&[2, 3, 4]);
        rows.iter().for_each(|row| table.row(row.iter().map(|cell| (*cell).to_owned()).collect()));
        table
    }

    #[test]
    fn what_is_too_wide_goes_on_below() {
        let table = table(&[&["", "to", "a", "bb", "cc"], &["base", "x", "1.25", "10", "3"]]);
        let whole = ["       to      a   bb   cc", "base   x    1.25   10    3"];
        assert_eq!(table.lines(), whole);
        assert_eq!(table.lines_within(26, 1), whole);
        let parted = ["       to      a   bb", "base   x    1.25   10", "", "       cc", "base    3"];
        assert_eq!(table.lines_within(25, 1), parted);
        let of_two =
            ["       to      a   bb", "base   x    1.25   10", "", "       to   cc", "base   x     3"];
        assert_eq!(table.lines_within(25, 2), of_two);
        // Two labels would take more than half of 14.
        assert_eq!(table.lines_within(14, 2)[..2], ["       to", "base   x"]);
        // What does not fit alone is the page's to cut.
        assert_eq!(table.lines_within(4, 1)[..2], ["       to", "base   x"]);
        assert_eq!(Table::new(&[]).lines_within(40, 1), [""; 0]);
    }

    proptest! {
        #[test]
        fn no_line_passes_the_width_and_no_cell_is_lost(
            cells in prop::collection::vec(prop::collection::vec("[a-z0-9±模]{1,9}", 12), 1..4),
            width in 40usize..120,
            labels in 0usize..4,
        ) {
            let mut table = Table::new(&[3, 5]);
            cells.iter().for_each(|row| table.row(row.clone()));
            let lines = table.lines_within(width, labels);
            prop_assert!(lines.iter().all(|line| line.width() <= width), "{lines:?}");
            for (place, row) in cells.iter().enumerate() {
                let own = lines.iter().skip(place).step_by(cells.len() + 1);
                let told: Vec<&str> = own.flat_map(|line| line.split_whitespace()).collect();
                prop_assert!(row.iter().all(|cell| told.contains(&cell.as_str())), "{told:?}");
            }
        }
    }
}
