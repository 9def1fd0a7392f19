//! Typed values of trees: all mistakes of a document in one pass.
//!
//! serde stops at the first mistake. So a document is read again and again: each mistake is told and what it stands in is taken
//! out, until the rest can be read or nothing is left. What fails only because something was taken out is not told.

mod access;
mod deserializer;
mod error;
mod expected;
#[cfg(test)]
mod tests;

use crate::code::Code;
use crate::diagnostic::Diagnostic;
use crate::node::Node;
use crate::report::Report;
use deserializer::{NodeDeserializer, Place};
use error::Error;
use serde::de::DeserializeOwned;
use std::cell::RefCell;
use std::collections::BTreeSet;

/// More mistakes than anyone mends at once.
const MOST_MISTAKES: usize = 100;

/// The name by which the deserializer knows that a table and anything else are read in two ways.
pub(crate) const IS_TABLE: &str = "$forescale_document::ValueOr";

/// What was taken out of the document, by the nodes' addresses: the tree is borrowed, so they stay.
#[derive(Default)]
struct TakenOut(RefCell<BTreeSet<usize>>);

impl TakenOut {
    fn address(node: &Node) -> usize {
        std::ptr::from_ref(node).addr()
    }

    fn add(&self, address: usize) {
        self.0.borrow_mut().insert(address);
    }

    fn has(&self, node: &Node) -> bool {
        self.0.borrow().contains(&Self::address(node))
    }
}

/// Reads a tree as a `T`.
///
/// `None` where something is wrong; the report then tells all of it.
pub fn decode<T: DeserializeOwned>(root: &Node, report: &mut Report) -> Option<T> {
    let taken_out = TakenOut::default();
    let mut is_fine = true;
    let mut last = root.span;
    for _ in 0..MOST_MISTAKES {
        let error = match T::deserialize(NodeDeserializer::new(Place::root(root), &taken_out)) {
            Ok(value) => return is_fine.then_some(value),
            Err(error) => error,
        };
        is_fine = false;
        let Error { kind, place } = error;
        // Every error passes a node on its way out.
        let place = place?;
        last = place.span;
        if !place.lacks_something || kind.is_of_its_own() {
            report.push(place.diagnostic(&kind, report));
        }
        if place.address == TakenOut::address(root) {
            return None;
        }
        taken_out.add(place.address);
    }
    let message = format!("these are {MOST_MISTAKES} mistakes; the rest of the file was not read");
    report.push(Diagnostic::error(Code::TOO_MANY, last, message));
    None
}
