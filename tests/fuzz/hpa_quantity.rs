//! Any text as a Kubernetes quantity: read, rounded, compared with zero, written and read again.

#![no_main]

use forescale_core::autoscaler::hpa::api::Quantity;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let Ok(quantity) = text.parse::<Quantity>() else { return };
    let canonical = quantity.to_string();
    let again: Quantity = canonical.parse().expect("what is written can be read");
    assert_eq!(again.to_string(), canonical, "the canonical form is its own");
    assert_eq!(again.milli_value(), quantity.milli_value(), "{text} is {canonical}");
});
