//! Small tables without borders, as kubectl prints them.

use comfy_table::{CellAlignment, presets};

/// A table in the making. The first column is aligned left, and so are all that are not named as numbers.
pub(crate) struct Table {
    table: comfy_table::Table,
    numbers: Vec<usize>,
}

impl Table {
    /// An empty table; these columns hold numbers and are aligned right.
    pub(crate) fn new(numbers: &[usize]) -> Self {
        let mut table = comfy_table::Table::new();
        table.load_style(presets::NOTHING);
        Self { table, numbers: numbers.to_vec() }
    }

    pub(crate) fn row(&mut self, cells: Vec<String>) {
        self.table.add_row(cells);
    }

    /// The rows, with three spaces between columns and none at the end.
    pub(crate) fn lines(mut self) -> Vec<String> {
        for (index, column) in self.table.column_iter_mut().enumerate() {
            column.set_padding((0, 3));
            if self.numbers.contains(&index) {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        self.table.lines().map(|line| line.trim_end().to_owned()).collect()
    }
}
