//! The whole loop against a bare hand-written one.
fn main() {}
