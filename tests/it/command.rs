//! The command `sim` as its users call it.
