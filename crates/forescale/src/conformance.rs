//! `sim conformance`

use crate::cli::{ConformanceArguments, Kind};
use crate::exit::{Exit, Failure};
use forescale::conformance::{Tally, epp, hpa, open, vllm};
use std::io::Write;

/// Replays recordings and prints the score; the last line is `N passed, M failed, K not yet`.
pub(crate) fn conformance(arguments: &ConformanceArguments) -> Result<Exit, Failure> {
    let mut out = anstream::stdout().lock();
    let (mut total, mut printed) = (Tally::default(), Ok(()));
    for path in &arguments.files {
        let name = path.display().to_string();
        let reader = open(path).map_err(|error| Failure::Input(format!("{name}: {error}")))?;
        let mut tally = Tally::default();
        let replayed = match arguments.kind {
            Kind::Epp => epp::replay(&name, reader, &mut tally),
            Kind::Hpa => hpa::replay(&name, reader, &mut tally),
            Kind::Vllm => vllm::replay(&name, reader, &mut tally),
        };
        replayed.map_err(|error| Failure::Input(error.to_string()))?;
        let Tally { passed, failed, not_yet, .. } = tally;
        printed = printed
            .and_then(|()| writeln!(out, "{name}: {passed} passed, {failed} failed, {not_yet} not yet"));
        total.add(&tally);
    }
    let exit = if total.failed == 0 { Exit::Fine } else { Exit::Missed };
    exit.once(printed.and_then(|()| writeln!(out, "{total}")))
}
