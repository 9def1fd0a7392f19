//! What is sent, as a picture: requests over time, and how long they are.

use super::canvas::{Anchor, Canvas, Type};
use super::clock::Clock;
use super::ink::Ink;
use super::panel::{Curve, HEAD, LEFT, Look, Panel, RIGHT, Sample};
use super::scale::Scale;
use super::{FOOT, GAP, MARGIN, Paper, PictureError, WIDTH, lettering};
use crate::number;
use forescale_kernel::SimDuration;

/// The height of title and subtitle.
const TITLE: f64 = 56.0;
const RATE_HEIGHT: f64 = 150.0;
const LENGTHS_HEIGHT: f64 = 110.0;
/// The most points of a curve: one for each other pixel.
const MOST_POINTS: usize = 436;
const SMALL: Type = Type { size: 11.0, ink: Ink::Muted, is_bold: false };

/// How many requests have lengths of a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LengthBin {
    /// The least length in tokens, at least 1.
    pub from: u32,
    /// The least length above it.
    pub until: u32,
    /// How many requests are in it.
    pub count: u64,
}

/// What the picture shows.
#[derive(Clone, Copy, Debug)]
pub struct TrafficPicture<'a> {
    /// What is shown, in a few words.
    pub title: &'a str,
    /// What is known of it.
    pub subtitle: &'a str,
    /// The length of a bin.
    pub bin: SimDuration,
    /// When the last bin ends, which so may be shorter.
    pub end: SimDuration,
    /// Requests in each bin.
    pub requests: &'a [u64],
    /// Lengths of prompts, in order; empty where none is known.
    pub prompt_tokens: &'a [LengthBin],
    /// Lengths of outputs.
    pub output_tokens: &'a [LengthBin],
}

/// Requests over time and, where they are known, the distributions of their lengths, as an SVG document.
///
/// In long traces a point stands for several bins, by their mean. Lengths are on a logarithmic axis; the areas below both are equal.
///
/// # Errors
/// Where the drawing backend fails, which nothing is known to cause.
pub fn traffic_svg(picture: &TrafficPicture<'_>) -> Result<String, PictureError> {
    let clock = Clock::until(picture.end, LEFT, RIGHT);
    let rate = rate_panel(picture);
    let densities = [density(picture.prompt_tokens), density(picture.output_tokens)];
    let lengths = lengths_panel(&densities);
    let below = if lengths.is_some() { HEAD + LENGTHS_HEIGHT + FOOT } else { 0.0 };
    let height = TITLE + HEAD + RATE_HEIGHT + FOOT + GAP + below;
    let alternative = lettering::fitting(&format!("Traffic of {}", picture.title), 1.0, false, f64::INFINITY);
    Canvas::draw((WIDTH, height as u32), &alternative, Paper::LightOrDark, |canvas| {
        let room = f64::from(WIDTH) - 2.0 * MARGIN;
        let name = Type { size: 18.0, ink: Ink::Text, is_bold: true };
        let title = lettering::fitting(picture.title, name.size, true, room);
        canvas.text(&title, (MARGIN, 24.0), Anchor::Left, name)?;
        let subtitle = lettering::fitting(picture.subtitle, 12.0, false, room);
        canvas.text(&subtitle, (MARGIN, 46.0), Anchor::Left, Type { size: 12.0, ..SMALL })?;
        rate.draw_head(canvas, TITLE)?;
        rate.draw_plot(canvas, &clock, TITLE + HEAD)?;
        let foot = TITLE + HEAD + RATE_HEIGHT;
        for (at, label) in clock.ticks() {
            draw_tick(canvas, clock.x(at), foot, &label)?;
        }
        let caption = "time since the first request";
        canvas.text(caption, (LEFT, foot + 35.0), Anchor::Left, SMALL)?;
        match &lengths {
            Some(panel) => draw_lengths(canvas, panel, &densities, foot + FOOT + GAP),
            None => Ok(()),
        }
    })
}

fn draw_tick(canvas: &Canvas<'_>, x: f64, foot: f64, label: &str) -> Result<(), PictureError> {
    canvas.line(&[(x, foot), (x, foot + 4.0)], Ink::Axis, 1.0)?;
    canvas.text(label, (x, foot + 13.0), Anchor::Middle, SMALL)
}

fn rate_panel(picture: &TrafficPicture<'_>) -> Panel {
    let joined = picture.requests.len().div_ceil(MOST_POINTS).max(1);
    let (bin, end) = (picture.bin.as_secs_f64(), picture.end.as_secs_f64());
    let mut points = Vec::new();
    let mut from = 0.0;
    for bins in picture.requests.chunks(joined) {
        let until = (from + bin * bins.len() as f64).min(end);
        let length = until - from;
        // The little that is left of a bin at the end says nothing.
        if length > bin / 2.0 || points.is_empty() {
            let rate = bins.iter().sum::<u64>() as f64 / if length > 0.0 { length } else { bin };
            points.extend([(from, rate), (until, rate)]);
        }
        from = until;
    }
    let most = points.iter().map(|(_, rate)| *rate).fold(0.0, f64::max);
    let shown = number::span(picture.bin * joined as u64);
    Panel {
        title: "Requests per second".into(),
        height: RATE_HEIGHT,
        scale: Some(Scale::linear(most, false)),
        gaps: Vec::new(),
        curves: vec![Curve { pieces: vec![points], ink: Ink::Main, look: Look::Area }],
        limits: Vec::new(),
        legend: vec![(Sample::Line(Ink::Main), format!("arrivals, mean of {shown}"))],
        note: picture.requests.is_empty().then_some("no request"),
    }
}

/// Where a bin lies on the logarithmic axis, and its share of the requests over its width there.
type Density = Vec<(f64, f64, f64)>;

fn density(bins: &[LengthBin]) -> Density {
    let total: u64 = bins.iter().map(|bin| bin.count).sum();
    let place = |tokens: u32| f64::from(tokens.max(1)).log10();
    let bins = bins.iter().filter(|bin| bin.until > bin.from && total > 0);
    bins.map(|bin| {
        let (from, until) = (place(bin.from), place(bin.until));
        (from, until, bin.count as f64 / total as f64 / (until - from).max(1e-6))
    })
    .collect()
}

fn lengths_panel(densities: &[Density; 2]) -> Option<Panel> {
    let most = densities.iter().flatten().map(|(_, _, density)| *density).fold(0.0, f64::max);
    (most > 0.0).then(|| Panel {
        title: "Lengths in tokens".into(),
        height: LENGTHS_HEIGHT,
        scale: Some(Scale::linear(most, false)),
        gaps: Vec::new(),
        curves: Vec::new(),
        limits: Vec::new(),
        legend: vec![
            (Sample::Block(Ink::Main), "prompts".to_owned()),
            (Sample::Block(Ink::Accent), "outputs".to_owned()),
        ],
        note: None,
    })
}

/// The distributions over an axis of their own.
fn draw_lengths(
    canvas: &Canvas<'_>,
    panel: &Panel,
    densities: &[Density; 2],
    top: f64,
) -> Result<(), PictureError> {
    panel.draw_head(canvas, top)?;
    let all = || densities.iter().flatten();
    let low = all().map(|(from, _, _)| *from).fold(f64::INFINITY, f64::min).floor();
    let high = all().map(|(_, until, _)| *until).fold(low + 1.0, f64::max);
    let x = |place: f64| LEFT + (RIGHT - LEFT) * (place - low) / (high - low);
    let foot = top + HEAD + LENGTHS_HEIGHT;
    let Some(scale) = &panel.scale else { return Ok(()) };
    for decade in low as i32..=high as i32 {
        let at = x(f64::from(decade));
        canvas.line(&[(at, top + HEAD), (at, foot)], Ink::Grid, 1.0)?;
        draw_tick(canvas, at, foot, &number::count(10_u64.saturating_pow(decade.unsigned_abs())))?;
    }
    canvas.line(&[(LEFT, foot), (RIGHT, foot)], Ink::Axis, 1.0)?;
    for (density, ink) in densities.iter().zip([Ink::Main, Ink::Accent]) {
        let y = |density: f64| foot - scale.height(density) * LENGTHS_HEIGHT;
        let outline: Vec<_> = density
            .iter()
            .flat_map(|(from, until, density)| [(x(*from), y(*density)), (x(*until), y(*density))])
            .collect();
        let (Some(first), Some(last)) = (outline.first().copied(), outline.last().copied()) else { continue };
        let mut area = vec![(first.0, foot)];
        area.extend(&outline);
        area.push((last.0, foot));
        canvas.fill(&area, ink, 0.2)?;
        canvas.line(&area, ink, 1.4)?;
    }
    canvas.text("tokens, share of requests", (LEFT, foot + 35.0), Anchor::Left, SMALL)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn picture<'a>(requests: &'a [u64], lengths: &'a [LengthBin]) -> TrafficPicture<'a> {
        let bin = SimDuration::from_secs(15);
        let end = bin * requests.len() as u64;
        TrafficPicture {
            title: "a & b",
            subtitle: "c",
            bin,
            end,
            requests,
            prompt_tokens: lengths,
            output_tokens: &[],
        }
    }

    #[test]
    fn both_panels_are_drawn_and_the_second_only_where_lengths_are_known() {
        let lengths =
            [LengthBin { from: 10, until: 13, count: 5 }, LengthBin { from: 13, until: 16, count: 7 }];
        let svg = traffic_svg(&picture(&[30, 60, 0, 15], &lengths)).unwrap();
        for part in ["Requests per second", "Lengths in tokens", "Traffic of a &amp; b", ">100<", "45s"] {
            assert!(svg.contains(part), "{part}: {svg}");
        }
        assert!(!traffic_svg(&picture(&[1], &[])).unwrap().contains("Lengths"));
    }

    proptest! {
        #[test]
        fn any_traffic_has_a_picture(requests in proptest::collection::vec(any::<u32>(), 0..900), from in any::<u32>(), until: u32, end: u64) {
            let requests: Vec<u64> = requests.into_iter().map(u64::from).collect();
            let lengths = [LengthBin { from, until, count: u64::from(until) }];
            let picture = TrafficPicture { end: SimDuration::from_ps(end), ..picture(&requests, &lengths) };
            let svg = traffic_svg(&picture).unwrap();
            prop_assert!(!svg.contains("NaN") && svg.len() < 200_000);
        }
    }
}
