//! Load generators by their own options, sending as they really do.

use super::load::Load;
use super::workloads::Reader;
use crate::context::{Context, Told};
use crate::raw::{RawGuidellm, RawInferencePerf, RawWorkload};
use forescale_core::demand::{Arrivals, Client, Lengths, Rate, Source, Stages, Users};
use forescale_core::dist::{Cv, Dist};
use forescale_document::{Code, Spanned, did_you_mean};
use forescale_kernel::SimDuration;

/// How many requests a release of GuideLLM has open at most: its `max_concurrency`.
const GUIDELLM: [(&str, u32); 2] = [("0.6.0", 512), ("0.7.2", 10_240)];

const RATE_TYPES: [&str; 5] = ["poisson", "constant", "concurrent", "synchronous", "throughput"];

const LOAD_TYPES: [&str; 2] = ["constant", "poisson"];

impl Reader<'_> {
    /// GuideLLM sends what is due late, as soon as one of its places is free, and at the end cancels what is open.
    pub(super) fn guidellm(
        &self,
        context: &mut Context,
        workload: &RawWorkload,
        guidellm: &RawGuidellm,
        lengths: Lengths,
        client: Client,
    ) -> Told<Load> {
        let version = guidellm.version.as_str();
        let Some((_, most)) = GUIDELLM.into_iter().find(|(name, _)| *name == version) else {
            return self.unknown(
                context,
                "guidellm.version",
                &guidellm.version,
                GUIDELLM.map(|(name, _)| name),
            );
        };
        if guidellm.max_seconds.0.is_zero() {
            let (key, place) = ("guidellm.max_seconds", guidellm.max_seconds.span());
            return self.out_of_range(context, key, place, "must be longer than 0s");
        }
        if let Some(until) = workload.until {
            let message = format!("`{}`: `guidellm.max_seconds` says when it ends", self.key("until"));
            return context.fail(context.error(Code::CONTRADICTION, until.span(), message));
        }
        let source = match guidellm.rate_type.as_str() {
            "poisson" => Source::Open(Arrivals::Poisson(self.guidellm_rate(context, guidellm)?, lengths)),
            "constant" => Source::Open(Arrivals::Constant(self.guidellm_rate(context, guidellm)?, lengths)),
            "concurrent" => match guidellm.rate {
                Some(rate) if *rate >= 1.0 && *rate <= f64::from(most) && rate.fract() == 0.0 => {
                    users(*rate as u32, lengths)
                }
                other => {
                    let place = other.map_or(guidellm.rate_type.span(), |rate| rate.span());
                    let rule = format!("must be how many requests are open, a whole number from 1 to {most}");
                    return self.out_of_range(context, "guidellm.rate", place, &rule);
                }
            },
            "synchronous" => users(1, lengths),
            "throughput" => users(most, lengths),
            _ => return self.unknown(context, "guidellm.rate_type", &guidellm.rate_type, RATE_TYPES),
        };
        let until = Some(workload.from.0 + guidellm.max_seconds.0);
        let max_in_flight = client.max_in_flight.or(Some(most));
        Ok(Load { source, client: Client { max_in_flight, cancel_at_end: true, ..client }, until })
    }

    fn guidellm_rate(&self, context: &mut Context, guidellm: &RawGuidellm) -> Told<Rate> {
        let rate = guidellm.rate.filter(|rate| **rate > 0.0).and_then(|rate| Rate::constant(*rate).ok());
        let place = guidellm.rate.map_or(guidellm.rate_type.span(), |rate| rate.span());
        match rate {
            Some(rate) => Ok(rate),
            None => {
                let rule = "must be requests per second, above 0 and up to 1,000,000";
                self.out_of_range(context, "guidellm.rate", place, rule)
            }
        }
    }

    /// inference-perf lets a stage end before the next begins; its `constant` has exactly rate × duration requests at random instants.
    pub(super) fn inference_perf(
        &self,
        context: &mut Context,
        perf: &RawInferencePerf,
        lengths: Lengths,
        client: Client,
    ) -> Told<Load> {
        if !LOAD_TYPES.contains(&perf.r#type.as_str()) {
            return self.unknown(context, "inference_perf.type", &perf.r#type, LOAD_TYPES);
        }
        if perf.stages.is_empty() {
            let message = format!("`{}` needs at least one stage", self.key("inference_perf.stages"));
            return context.fail(context.error(Code::MISSING_KEY, perf.stages.span(), message));
        }
        let mut stages = Vec::new();
        for stage in perf.stages.iter() {
            let Ok(rate) = Rate::constant(*stage.rate) else {
                let rule = "must be between 0 and 1,000,000 requests per second";
                return self.out_of_range(context, "inference_perf.stages.rate", stage.rate.span(), rule);
            };
            let arrivals = match perf.r#type.as_str() {
                "constant" => Arrivals::FixedCount(rate, Cv::ONE, lengths.clone()),
                _ => Arrivals::Poisson(rate, lengths.clone()),
            };
            stages.push((arrivals, stage.duration.0));
        }
        let source = Source::Stages(Stages { stages, pause: perf.interval.0 });
        let timeout = perf.request_timeout.map(|timeout| timeout.0).or(client.timeout);
        Ok(Load { source, client: Client { timeout, ..client }, until: None })
    }

    fn unknown<T, const N: usize>(
        &self,
        context: &mut Context,
        key: &str,
        found: &Spanned<String>,
        names: [&str; N],
    ) -> Told<T> {
        let near = did_you_mean(found, names);
        let message = format!(
            "`{}`: there is no `{}`{near}; expected `{}`",
            self.key(key),
            found.as_str(),
            names.join("`, `")
        );
        context.fail(context.error(Code::WRONG_VALUE, found.span(), message))
    }
}

/// So many users who never think.
fn users(users: u32, lengths: Lengths) -> Source {
    let (think, ramp) = (Dist::Constant(0.0), SimDuration::ZERO);
    Source::Users(Users { users: vec![(SimDuration::ZERO, users)], ramp, think, lengths, turns: None })
}
