//! Which points of a sweep are run.

use super::here::is_same;
use super::sobol::MOST_DIMENSIONS;
use super::{Assignment, Design, Draft, Point, sample};
use crate::context::{Context, Told};
use crate::raw::RawSample;
use forescale_document::{Code, Diagnostic, Span};

/// More points than this are a slip, or a task for a search instead of a sweep.
const MOST_POINTS: u64 = 100_000;

/// A value for each axis.
pub(super) type Chosen = Vec<(String, Span)>;

fn check_count(context: &mut Context, count: Option<u64>, place: Span) -> Told<()> {
    let count = match count {
        Some(count) if (1..=MOST_POINTS).contains(&count) => return Ok(()),
        Some(0) => {
            return context.fail(Diagnostic::error(
                Code::OUT_OF_RANGE,
                place,
                "a sweep has at least 1 point",
            ));
        }
        Some(count) => count.to_string(),
        None => "more than 2^64".to_owned(),
    };
    let message = format!("the sweep has {count} points; at most {MOST_POINTS} are run");
    let diagnostic = Diagnostic::error(Code::OUT_OF_RANGE, place, message);
    context
        .fail(diagnostic.help("try fewer values, or draw points: `sample.latin_hypercube = { points = 64 }`"))
}

/// All combinations of the values; the last draft's change fastest.
pub(super) fn grid(context: &mut Context, drafts: &[Draft], place: Span) -> Told<Vec<Chosen>> {
    let count = drafts.iter().try_fold(1_u64, |count, draft| count.checked_mul(draft.values.count().into()));
    check_count(context, count, place)?;
    let mut points = vec![Vec::new()];
    for draft in drafts {
        let values = draft.values.all();
        let longer = |point: &Chosen| -> Vec<Chosen> {
            values.iter().map(|value| [point.as_slice(), std::slice::from_ref(value)].concat()).collect()
        };
        points = points.iter().flat_map(longer).collect();
    }
    Ok(points)
}

/// Points that are drawn.
pub(super) fn drawn(
    context: &mut Context,
    drafts: &[Draft],
    sample: RawSample,
    seed: u64,
    place: Span,
) -> Told<(Design, Vec<Chosen>)> {
    let (design, count) = match sample {
        RawSample::LatinHypercube(sample) => (Design::LatinHypercube, sample.points),
        RawSample::Sobol(sample) => (Design::Sobol, sample.points),
    };
    check_count(context, Some(count.into()), place)?;
    if design == Design::Sobol && drafts.len() > MOST_DIMENSIONS {
        let message =
            format!("a Sobol sequence has at most {MOST_DIMENSIONS} paths here, not {}", drafts.len());
        let diagnostic = Diagnostic::error(Code::OUT_OF_RANGE, place, message);
        return context.fail(diagnostic.help("`sample.latin_hypercube` takes any number"));
    }
    let coordinates = (0..drafts.len()).map(|axis| match design {
        Design::Sobol => sample::shifted_sobol(seed, axis, count),
        _ => sample::latin_hypercube(seed, axis, count),
    });
    let mut points = vec![Vec::new(); count as usize];
    for (draft, coordinates) in drafts.iter().zip(coordinates) {
        for (point, share) in points.iter_mut().zip(coordinates) {
            point.extend(draft.values.at(share));
        }
    }
    Ok((design, points))
}

/// A point with the paths to its values, and whether it is the scenario itself.
pub(super) fn finished(drafts: &[Draft], chosen: Chosen) -> Point {
    let has_base = |(draft, (value, _)): (&Draft, &(String, Span))| {
        draft.here.value.as_ref().is_some_and(|here| is_same(here, value))
    };
    let assignment = |(draft, (value, span)): (&Draft, &(String, Span))| Assignment {
        path: draft.path.clone(),
        value: value.clone(),
        start: span.start,
        end: span.end,
    };
    Point {
        is_base: drafts.iter().zip(&chosen).all(has_base),
        assignments: drafts.iter().zip(&chosen).map(assignment).collect(),
        values: chosen.into_iter().map(|(value, _)| value).collect(),
    }
}
