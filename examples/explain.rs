//! Why it scaled: each sync of the HPA that changed something, with the numbers from which its count can be computed anew.
//!
//! `cargo run --example explain`

#![allow(clippy::print_stdout, reason = "an example prints")]

use forescale::core;
use forescale::prepare::subject;
use forescale::report::{ExplainOptions, Explanation, Style};
use forescale::scenario::Scenario;
use std::error::Error;
use std::path::Path;

fn main() -> Result<(), Box<dyn Error>> {
    let sets = ["scenario.duration=6m".to_owned()];
    let scenario = Scenario::load_with(Path::new("scenarios/burst.toml"), &sets)?;
    let record = core::run(&scenario.config)?;
    // `Explanation::read` takes the folder of an earlier run in place of a record.
    let explanation = Explanation::of(&subject(&scenario), &record);
    // With `at`, the HPA at that instant as kubectl would show it, and its arithmetic.
    let options = ExplainOptions { at: None, changes: true };
    print!("{}", explanation.text(options, Style::default()));
    Ok(())
}
