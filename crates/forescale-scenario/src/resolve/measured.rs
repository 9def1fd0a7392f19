//! What comes from measured files: rates, and fitted profiles of traffic.

use super::workloads::Reader;
use crate::codes;
use crate::context::{Context, Told};
use crate::raw::{RawFitted, RawRateFile, RawWorkload};
use crate::text::RateText;
use crate::trace::{RateCurve, RateFile, Traffic, diagnostic};
use forescale_core::demand::{Arrivals, Rate, Spike};
use forescale_document::{Code, Refusal, Spanned};

impl Reader<'_> {
    /// The rate of arrivals; `key` is its full name.
    pub(super) fn rate(&self, context: &mut Context, text: &RateText, key: &str) -> Told<Rate> {
        match text {
            RateText::Rate(rate) => Ok(rate.clone()),
            RateText::File(file, spikes) => self.rate_of_file(context, file, spikes, key),
        }
    }

    fn rate_of_file(
        &self,
        context: &mut Context,
        raw: &RawRateFile,
        spikes: &[Vec<Spike>],
        key: &str,
    ) -> Told<Rate> {
        above_zero(context, &raw.scale, &format!("{key}: scale"))?;
        let path = self.base.join(raw.path.as_path());
        let file = RateFile { path, series: raw.series.clone(), is_counter: raw.is_counter };
        let curve = match file.read() {
            Ok(curve) => curve,
            Err(error) => {
                let diagnostic = diagnostic(&mut context.report.sources, &error, raw.path.span());
                return context.fail(diagnostic);
            }
        };
        warn_of_gaps(context, raw, &curve);
        let rate = curve.rate(*raw.scale);
        let rate = spikes.iter().fold(rate, |rate, spikes| Rate::spiked(rate?, spikes));
        rate.map_err(|error| {
            let refusal = Refusal::new(Code::OUT_OF_RANGE, error.to_string());
            let diagnostic = context.refused(refusal, raw.path.span(), key);
            context.report.push(diagnostic);
            crate::context::Stopped
        })
    }

    /// A fitted profile as the arrivals of a workload.
    pub(super) fn fitted(
        &self,
        context: &mut Context,
        workload: &RawWorkload,
        fitted: &Spanned<RawFitted>,
    ) -> Told<Arrivals> {
        let others = [
            ("prompt_tokens", workload.prompt_tokens.as_ref().and_then(Spanned::key_span)),
            ("output_tokens", workload.output_tokens.as_ref().and_then(Spanned::key_span)),
        ];
        if let Some((name, Some(place))) = others.into_iter().find(|(_, place)| place.is_some()) {
            let message = format!(
                "`{}`: the fitted profile says when requests come and how long they are",
                self.key(name)
            );
            let diagnostic = context.error(Code::CONTRADICTION, Some(place), message);
            return context.fail(diagnostic.related(fitted.key_span(), "the profile is here"));
        }
        above_zero(context, &fitted.rate_scale, &self.key("fitted.rate_scale"))?;
        let traffic = Traffic::read(context, &self.base.join(fitted.path.as_path()), fitted.path.span())?;
        match traffic.arrivals(*fitted.rate_scale) {
            Ok(arrivals) => Ok(arrivals),
            Err(error) => {
                let refusal = Refusal::new(Code::OUT_OF_RANGE, error);
                let diagnostic = context.refused(refusal, fitted.rate_scale.span(), &self.key("fitted"));
                context.fail(diagnostic)
            }
        }
    }
}

fn above_zero(context: &mut Context, value: &Spanned<f64>, key: &str) -> Told<()> {
    if **value > 0.0 && value.is_finite() {
        return Ok(());
    }
    context.fail(context.error(Code::OUT_OF_RANGE, value.span(), format!("`{key}` must be above 0")))
}

fn warn_of_gaps(context: &mut Context, raw: &RawRateFile, curve: &RateCurve) {
    let Some(first) = curve.gaps().next() else { return };
    let (path, count) = (raw.path.display(), curve.gaps().count());
    let gaps = if count == 1 { "a gap".to_owned() } else { format!("{count} gaps, the first") };
    let message =
        format!("`{path}` has {gaps} from {} to {}, counted from its start", first.from, first.until);
    context.warn(codes::RATE_GAPS, raw.path.span(), message);
}
