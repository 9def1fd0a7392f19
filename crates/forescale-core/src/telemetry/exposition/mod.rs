//! What each target exposes: metric families with their real names and labels.

mod dcgm_exporter;
mod epp;
mod float;
mod model_server;

pub(super) use dcgm_exporter::dcgm_exporter;
pub(super) use epp::{EppReading, epp};
pub(super) use model_server::{Reading, model_server};

use forescale_promql::{Labels, METRIC_NAME};

/// The label that the scrape of a model server sets to the pod's name.
pub(super) const POD: &str = "pod";

/// A series and where its value is read. Labels are made once; a scrape reads values.
#[derive(Clone, Debug)]
pub(super) struct Series<R> {
    pub(super) labels: Labels,
    pub(super) reading: R,
}

/// A series' labels: the exporter's own and the target's. A label that the exporter already has is kept as `exported_…`, since
/// `honorLabels` is false.
fn series_labels(name: &str, own: &[(&str, &str)], target: &[(String, String)], pod: Option<&str>) -> Labels {
    let target = || target.iter().map(|(label, value)| (label.as_str(), value.as_str()));
    let target = || target().chain(pod.map(|pod| (POD, pod)));
    let clashes = |label: &str| target().any(|(other, _)| other == label);
    let own = own.iter().map(|(label, value)| match clashes(label) {
        true => (format!("exported_{label}"), (*value).to_owned()),
        false => ((*label).to_owned(), (*value).to_owned()),
    });
    let target = target().map(|(label, value)| (label.to_owned(), value.to_owned()));
    let name = std::iter::once((METRIC_NAME.to_owned(), name.to_owned()));
    Labels::new(name.chain(own).chain(target))
}
