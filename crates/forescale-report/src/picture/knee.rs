//! A sweep of load as a picture.

use super::canvas::{Anchor, Canvas, Type};
use super::ink::Ink;
use super::panel::{HEAD, RIGHT};
use super::plot::{Axis, Line, Plot};
use super::scale::Scale;
use super::{FOOT, GAP, Paper, PictureError, WIDTH, lettering};
use crate::knee::verdict;
use crate::number;
use forescale_experiment::knee::{By, Curve, Level, Metric, Sweep};

/// The height of the scenario's name.
const TITLE: f64 = 34.0;
/// The height of a curve's verdict.
const VERDICT: f64 = 30.0;

/// The sweep as an SVG document, three panels for each number of replicas: latency against throughput, requests per pod against load, and
/// what is busy or full against load. The knee is a dashed line.
///
/// The colours follow `prefers-color-scheme`, as those of [`timeline_svg`](super::timeline_svg) do. Levels at which a value is infinite,
/// since requests are lost, are left out of its line.
///
/// # Errors
/// Where the drawing backend fails, which no sweep is known to cause.
pub fn knee_svg(scenario: &str, sweep: &Sweep) -> Result<String, PictureError> {
    let sheets: Vec<(&Curve, [Plot; 3])> =
        sweep.curves.iter().map(|curve| (curve, plots(sweep, curve))).collect();
    let height =
        |plots: &[Plot; 3]| plots.iter().map(|plot| HEAD + plot.height + FOOT + GAP).sum::<f64>() + VERDICT;
    let total: f64 = sheets.iter().map(|(_, plots)| height(plots)).sum();
    let told: Vec<String> = sweep.curves.iter().map(|curve| verdict(sweep, curve)).collect();
    let alternative =
        lettering::fitting(&format!("{scenario}: {}", told.join("; ")), 1.0, false, f64::INFINITY);
    Canvas::draw((WIDTH, (TITLE + total) as u32), &alternative, Paper::LightOrDark, |canvas| {
        let name = lettering::fitting(scenario, 16.0, true, RIGHT - 24.0);
        canvas.text(
            &name,
            (24.0, TITLE - 12.0),
            Anchor::Left,
            Type { size: 16.0, ink: Ink::Text, is_bold: true },
        )?;
        let mut top = TITLE;
        for ((curve, plots), told) in sheets.iter().zip(&told) {
            let ink = if curve.knee.at.is_some() { Ink::Good } else { Ink::Bad };
            let told = lettering::fitting(told, 12.5, false, RIGHT - 24.0);
            canvas.text(
                &told,
                (24.0, top + VERDICT / 2.0),
                Anchor::Left,
                Type { size: 12.5, ink, is_bold: false },
            )?;
            top += VERDICT;
            for plot in plots {
                plot.draw(canvas, top)?;
                top += HEAD + plot.height + FOOT + GAP;
            }
        }
        Ok(())
    })
}

fn plots(sweep: &Sweep, curve: &Curve) -> [Plot; 3] {
    let knee = curve.knee.at.map(|at| at.load.mean);
    let knee_throughput = knee.map(|load| curve.value_at(load, Metric::Throughput));
    let against = |x: Metric, y: Metric| points(curve, |level| level.mean(x), |level| level.mean(y));
    let load = |y: Metric, unit: f64| points(curve, |level| level.load, |level| level.mean(y) * unit);
    let pods = 1.0 / f64::from(curve.replicas.max(1));
    let latencies = vec![
        Line::new("TTFT p95", Ink::Accent, against(Metric::Throughput, Metric::TtftP95)),
        Line::new("TTFT p50", Ink::Main, against(Metric::Throughput, Metric::TtftP50)),
        Line::new("E2E mean", Ink::Quiet, against(Metric::Throughput, Metric::E2eMean)),
        Line::new("ITL mean", Ink::Good, against(Metric::Throughput, Metric::ItlMean)),
    ];
    let requests = vec![
        Line::new("running, as the EPP counts", Ink::Main, load(Metric::EppRunning, pods)),
        Line::new("running in vLLM", Ink::Good, load(Metric::Running, pods)),
        Line::new("waiting in vLLM", Ink::Quiet, load(Metric::Waiting, pods)),
        Line::new("EPP queue", Ink::Accent, load(Metric::QueueSize, pods)),
    ];
    let shares = vec![
        Line::new("KV cache used", Ink::Main, load(Metric::KvCacheUsage, 100.0)),
        Line::new("GPU busy", Ink::Accent, load(Metric::GpuUtilization, 100.0)),
        Line::new("requests lost", Ink::Bad, load(Metric::LostShare, 100.0)),
    ];
    let most =
        |lines: &[Line]| lines.iter().flat_map(|line| &line.points).map(|(_, y)| *y).fold(0.0, f64::max);
    let values =
        |lines: &[Line]| lines.iter().flat_map(|line| &line.points).map(|(_, y)| *y).collect::<Vec<_>>();
    let loads: Vec<f64> = curve.levels.iter().map(|level| level.load).collect();
    let unit = match sweep.settings.by {
        By::Concurrency => "users",
        By::Rate => "arrivals/s",
    };
    let pods = number::things(curve.replicas as usize, "replica");
    let seconds = Scale::log(values(&latencies).into_iter()).unwrap_or(Scale::linear(1.0, false));
    [
        Plot {
            title: "latency",
            x: Axis::linear(curve.knee.plateau.mean, format!("requests/s served by {pods}")),
            y: seconds,
            height: 170.0,
            lines: latencies,
            mark: knee_throughput,
        },
        Plot {
            title: "requests per pod",
            x: Axis::log(&loads, unit.to_owned()),
            y: Scale::linear(most(&requests), false),
            height: 130.0,
            lines: requests,
            mark: knee,
        },
        Plot {
            title: "percent",
            x: Axis::log(&loads, unit.to_owned()),
            y: Scale::linear(100.0, false),
            height: 100.0,
            lines: shares,
            mark: knee,
        },
    ]
}

/// The levels at which both coordinates are finite, in their order.
fn points(curve: &Curve, x: impl Fn(&Level) -> f64, y: impl Fn(&Level) -> f64) -> Vec<(f64, f64)> {
    let all = curve.levels.iter().map(|level| (x(level), y(level)));
    all.filter(|(x, y)| x.is_finite() && y.is_finite()).collect()
}
