//! Quantities.

use super::Outcome;
use forescale_core::autoscaler::hpa::api::Quantity;
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
struct Case {
    s: String,
    err: Option<String>,
    #[serde(flatten)]
    expected: Option<Numbers>,
}

#[derive(Debug, PartialEq, Deserialize)]
struct Numbers {
    milli: i64,
    value: i64,
    sign: i32,
    canonical: String,
    float: f64,
    float_raw: f64,
}

pub(super) fn replay(value: Value) -> Result<Outcome, String> {
    let case: Case = serde_json::from_value(value).map_err(|e| e.to_string())?;
    if case.err.is_none() == case.expected.is_none() {
        return Err("a quantity has either `err` or all of milli, value, sign, canonical, float, float_raw"
            .to_owned());
    }
    let came = case.s.parse::<Quantity>().ok().map(|quantity| Numbers {
        milli: quantity.milli_value(),
        value: quantity.value(),
        sign: quantity.sign(),
        canonical: quantity.to_string(),
        float: quantity.stored_f64(),
        float_raw: quantity.as_approximate_f64(),
    });
    let difference =
        (came != case.expected).then(|| format!("{:?}: expected {:?}, came {came:?}", case.s, case.expected));
    Ok(Outcome::of(difference))
}
