//! How often each kind of target is scraped, by the monitors that select it.

use super::metadata::selects;
use super::monitoring::{DCGM_EXPORTERS, NAME_LABEL, is_dcgm_exporter, reaches};
use super::{Found, Manifests, Monitor};
use crate::codes;
use crate::context::{Context, Told};
use forescale_document::Span;
use forescale_kernel::SimDuration;

/// An interval and where it is written.
pub(crate) type Interval = (SimDuration, Option<Span>);

/// What monitors say of how often to scrape; `None` where none does.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct ScrapeIntervals {
    pub(crate) model_servers: Option<Interval>,
    pub(crate) dcgm_exporters: Option<Interval>,
    /// Of targets that are neither.
    pub(crate) others: Option<Interval>,
}

impl ScrapeIntervals {
    /// All that are given.
    pub(crate) fn given(&self) -> impl Iterator<Item = Interval> {
        [self.model_servers, self.dcgm_exporters, self.others].into_iter().flatten()
    }
}

#[derive(Clone, Copy)]
enum Scraped {
    ModelServers,
    DcgmExporters,
    Others,
}

/// What a monitor is for.
fn scraped(manifests: &Manifests, found: &Found<Monitor>) -> Scraped {
    let monitor = &found.object;
    let wanted = &monitor.spec.selector.match_labels;
    let is_dcgm_name = || {
        wanted
            .get(NAME_LABEL)
            .is_some_and(|name| DCGM_EXPORTERS.contains(&name.as_str()) || name.contains("dcgm"))
    };
    let pod_labels = manifests.deployment.as_ref().map(|deployment| deployment.object.pod_labels());
    if monitor.kind == "PodMonitor" {
        return match pod_labels {
            _ if is_dcgm_name() => Scraped::DcgmExporters,
            Some(labels) if !selects(wanted, labels) => Scraped::Others,
            _ => Scraped::ModelServers,
        };
    }
    let selected = manifests.services.iter().map(|service| &service.object).filter(|service| {
        let namespace = service.metadata.namespace.as_ref().map(|namespace| namespace.as_str());
        reaches(monitor, namespace) && selects(wanted, &service.metadata.labels)
    });
    let mut is_any = false;
    for service in selected {
        is_any = true;
        if is_dcgm_exporter(service) {
            return Scraped::DcgmExporters;
        }
        if pod_labels.is_none_or(|labels| selects(&service.spec.selector, labels)) {
            return Scraped::ModelServers;
        }
    }
    if !is_any && is_dcgm_name() { Scraped::DcgmExporters } else { Scraped::Others }
}

/// How often each kind of target is scraped.
pub(crate) fn scrape_intervals(context: &mut Context, manifests: &Manifests) -> Told<ScrapeIntervals> {
    let mut intervals = ScrapeIntervals::default();
    for monitor in &manifests.monitors {
        let agreed = match scraped(manifests, monitor) {
            Scraped::ModelServers => &mut intervals.model_servers,
            Scraped::DcgmExporters => &mut intervals.dcgm_exporters,
            Scraped::Others => &mut intervals.others,
        };
        for interval in monitor.object.endpoints().iter().filter_map(|endpoint| endpoint.interval.as_ref()) {
            match *agreed {
                Some((first, place)) if first != interval.0 => {
                    let message = format!(
                        "one monitor scrapes every {first}, another the same targets every {}; one interval for each kind of target is simulated",
                        interval.0
                    );
                    let diagnostic = context.error(codes::NOT_SIMULATED, interval.span(), message);
                    return context.fail(diagnostic.related(place, "the other interval"));
                }
                Some(_) => {}
                None => *agreed = Some((interval.0, interval.span())),
            }
        }
    }
    Ok(intervals)
}
