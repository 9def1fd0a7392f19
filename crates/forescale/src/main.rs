//! x
#![allow(clippy::print_stdout)]
fn main() {
    let path = std::env::args().nth(1).unwrap_or_default();
    let mut scenario = match forescale_scenario::Scenario::load(std::path::Path::new(&path)) {
        Ok(s) => s,
        Err(e) => {
            println!("error: {e}");
            return;
        }
    };
    for w in &scenario.warnings {
        println!("warning: {w}");
    }
    if let Some(seed) = std::env::args().nth(2) {
        scenario.config.seed = seed.parse().unwrap_or(0);
    }
    let record = match forescale_core::run(&scenario.config) {
        Ok(r) => r,
        Err(e) => {
            println!("error: {e}");
            return;
        }
    };
    println!("{:?}", record.account);
    for a in &record.attainments {
        println!("{a:?}");
    }
    for s in record.scalings() {
        println!("{} {}->{} {}", s.at, s.from, s.to(), s.decision.reason);
    }
    for s in record.syncs.iter().take(60) {
        println!("   {} {}->{} {}", s.at, s.from, s.to(), s.decision.reason);
    }
    for b in record.timeline.iter().step_by(6) {
        println!(
            "{} arr {} q {} run {} wait {} kv {:.2} des {} rdy {} p99 {:?}",
            b.at,
            b.arrived,
            b.queue_size,
            b.running,
            b.waiting,
            b.kv_cache_usage,
            b.desired,
            b.ready,
            b.ttft_p99
        );
    }
    println!("{:?} {}", record.pods, record.fingerprint);
}
