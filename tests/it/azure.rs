//! The Azure conversation hour with the guide's HPA.

use crate::support::{outside, root};
use forescale::core::outcome::Outcome;
use forescale::scenario::Scenario;

#[test]
fn every_request_is_in_the_account() {
    let Some(data) = outside("FORESCALE_DATA", "the Azure conversation hour") else { return };
    let template =
        std::fs::read_to_string(root().join("tests/it/scenarios/azure-conversation-hour.toml")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("azure.toml");
    let trace = data.join("traces/AzureLLMInferenceTrace_conv.csv");
    let text =
        template.replace("@TRACE@", trace.to_str().unwrap()).replace("@ROOT@", root().to_str().unwrap());
    std::fs::write(&file, text).unwrap();
    let scenario = Scenario::load(&file).unwrap_or_else(|error| panic!("{error}"));
    let record = forescale::core::run(&scenario.config).unwrap();
    let account = &record.account;
    println!(
        "arrived {}, finished {}, lost {}, in flight {}",
        account.arrivals(),
        account.with(Outcome::Finished),
        account.lost(),
        account.in_flight()
    );
    assert_eq!(account.arrivals(), 19_366);
    assert_eq!(account.all_ended() + account.in_flight(), 19_366);
}
