//! Recorded decisions of the real HPA controller, replayed against the simulated one.
//!
//! `cargo run --example conformance`

#![allow(clippy::print_stdout, reason = "an example prints")]

use forescale::conformance::{Tally, hpa, open};
use std::error::Error;
use std::path::Path;

fn main() -> Result<(), Box<dyn Error>> {
    let mut total = Tally::default();
    for name in ["calc-external-value.jsonl", "calc-external-average.jsonl", "quantity.jsonl"] {
        let path = Path::new("tests/conformance/hpa").join(name);
        let mut tally = Tally::default();
        hpa::replay(name, open(&path)?, &mut tally)?;
        println!("{name}: {} cases", tally.passed + tally.failed + tally.not_yet);
        total.add(&tally);
    }
    // First the differences, if there are any.
    println!("{total}");
    if total.failed > 0 {
        return Err("the simulated controller decided otherwise".into());
    }
    Ok(())
}
