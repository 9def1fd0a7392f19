//! Rows put in order, and wrong ones left out, with an account of both.

use super::row::Row;
use super::source::RowSource;
use forescale_core::demand::{TraceDefect, TraceError};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// So many rows are held back, in which an early one finds its place.
pub const REPAIR_WINDOW: usize = 65_536;

/// What was done to a trace so that it can be read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TraceRepairs {
    /// Rows that were put before rows that stand before them.
    pub moved: u64,
    /// Rows that were left out since they cannot be understood.
    pub defective: u64,
    /// Rows that were left out since they stand more than [`REPAIR_WINDOW`] rows too late.
    pub too_late: u64,
    /// The first row that was left out, and why.
    pub first: Option<TraceError>,
}

impl TraceRepairs {
    /// Whether nothing had to be done.
    pub fn is_none(&self) -> bool {
        self.moved == 0 && self.left_out() == 0
    }

    /// Rows that were left out.
    pub fn left_out(&self) -> u64 {
        self.defective + self.too_late
    }
}

/// A row that is held back: by its instant, then in the order of the file.
#[derive(Debug, PartialEq, Eq)]
struct Held {
    at: i128,
    number: u64,
    row: Row,
}

impl Ord for Held {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.at, self.number).cmp(&(other.at, other.number))
    }
}

impl PartialOrd for Held {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

/// The rows that are held back, and what was done so far.
#[derive(Default)]
pub(super) struct Repair {
    /// Rows are put in order, and what is wrong with one is an error all the same: a log that is written when requests end.
    is_strict: bool,
    held: BinaryHeap<Reverse<Held>>,
    number: u64,
    /// The latest instant that was read.
    newest: Option<i128>,
    /// The instant of the row that was given last.
    given: Option<i128>,
    done: TraceRepairs,
}

impl Repair {
    /// Puts rows in order and leaves nothing out.
    pub(super) fn strict() -> Self {
        Self { is_strict: true, ..Self::default() }
    }

    /// What was done so far; `None` where rows are only put in order.
    pub(super) fn done(&self) -> Option<&TraceRepairs> {
        (!self.is_strict).then_some(&self.done)
    }

    /// The next row in order. Only a file that cannot be read on ends a repair with an error.
    pub(super) fn next(&mut self, rows: &mut dyn RowSource) -> Option<Result<Row, TraceError>> {
        while self.held.len() < REPAIR_WINDOW {
            match rows.next() {
                None => break,
                Some(Ok(row)) if self.given.is_some_and(|given| row.at < given) => {
                    let message =
                        "this row is earlier than one that stands further than 65,536 rows before it";
                    if self.is_strict {
                        return Some(Err(rows.order_error(message)));
                    }
                    self.done.too_late += 1;
                    self.done.first.get_or_insert_with(|| rows.order_error(message));
                }
                Some(Ok(row)) => self.hold(row),
                Some(Err(error)) if self.is_strict || error.defect == TraceDefect::Unreadable => {
                    return Some(Err(error));
                }
                Some(Err(error)) => {
                    self.done.defective += 1;
                    self.done.first.get_or_insert(error);
                }
            }
        }
        let Reverse(held) = self.held.pop()?;
        self.given = Some(held.at);
        Some(Ok(held.row))
    }

    fn hold(&mut self, row: Row) {
        if self.newest.is_some_and(|newest| row.at < newest) {
            self.done.moved += 1;
        }
        self.newest = self.newest.max(Some(row.at));
        self.held.push(Reverse(Held { at: row.at, number: self.number, row }));
        self.number += 1;
    }
}
