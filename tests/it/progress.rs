//! Who listens to a run changes nothing.

use crate::support::scenario;
use forescale::core::{RunError, World};
use std::ops::ControlFlow;

#[test]
fn a_listener_hears_of_the_time_and_changes_nothing() {
    let config = scenario("scenarios/burst.toml").config;
    let alone = World::new(&config).unwrap().run().unwrap();
    let mut shares = Vec::new();
    let listener = |progress: forescale::core::Progress| {
        shares.push(progress.share());
        ControlFlow::Continue(())
    };
    let heard = World::new(&config).unwrap().run_with(listener).unwrap();
    assert_eq!(heard.fingerprint, alone.fingerprint);
    assert!(
        shares.len() > 10 && shares.is_sorted() && shares.iter().all(|share| (0.0..=1.0).contains(share))
    );
}

#[test]
fn a_listener_may_end_a_run() {
    let config = scenario("scenarios/burst.toml").config;
    let mut last = None;
    let ended = World::new(&config).unwrap().run_with(|progress| {
        last = Some(progress.now);
        if progress.share() < 0.5 { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    });
    assert_eq!(ended.err(), last.map(|at| RunError::Interrupted { at }));
}
