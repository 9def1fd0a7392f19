//! A sweep of settings as a picture.

mod heat;
mod line;
mod panes;
mod scatter;

use super::canvas::{Anchor, Canvas, Type};
use super::ink::Ink;
use super::{MARGIN, Paper, PictureError, WIDTH, lettering};
use crate::sweep::verdict;
use forescale_experiment::kpi::Kpi;
use forescale_experiment::sweep::Swept;
use heat::Heat;

/// The height of the scenario's name, the verdict and the legend.
const HEAD: f64 = 102.0;

const SMALL: Type = Type { size: 11.0, ink: Ink::Muted, is_bold: false };

/// The sweep as an SVG document. Of a grid of one axis a line with intervals, of two a heat map, of three one for each value of the axis with the fewest; of
/// more axes, the three that matter most, with the others as the best setting has them. Of drawn points a dot for each over the two axes that
/// matter most. The KPI is shown where every replication meets the objectives; where one misses them, it is hatched.
///
/// The colours follow `prefers-color-scheme`, as those of [`timeline_svg`](super::timeline_svg) do.
///
/// # Errors
/// Where the drawing backend fails, which no sweep is known to cause.
pub fn sweep_svg(swept: &Swept, kpi: Kpi) -> Result<String, PictureError> {
    let told = verdict(swept, kpi);
    let alternative =
        lettering::fitting(&format!("Sweep of {}: {told}", swept.plan.scenario), 1.0, false, f64::INFINITY);
    let axes = swept.plan.axes.len();
    let heat = (swept.plan.is_grid && axes > 1).then(|| Heat::new(swept, kpi));
    let height = match &heat {
        Some(heat) => heat.height(),
        None if axes == 1 => line::HEIGHT,
        None => scatter::HEIGHT,
    };
    Canvas::draw((WIDTH, (HEAD + height) as u32), &alternative, Paper::LightOrDark, |canvas| {
        draw_title(canvas, swept, kpi, &told)?;
        draw_legend(canvas, kpi, 86.0)?;
        match &heat {
            Some(heat) => heat.draw(canvas, HEAD),
            None if axes == 1 => line::draw(canvas, swept, kpi, HEAD),
            None => scatter::draw(canvas, swept, kpi, HEAD),
        }
    })
}

fn draw_title(canvas: &Canvas<'_>, swept: &Swept, kpi: Kpi, told: &str) -> Result<(), PictureError> {
    let room = f64::from(WIDTH) - 2.0 * MARGIN;
    let name = Type { size: 18.0, ink: Ink::Text, is_bold: true };
    let text = lettering::fitting(&swept.plan.scenario, name.size, true, room);
    canvas.text(&text, (MARGIN, 22.0), Anchor::Left, name)?;
    let ink = if swept.best(kpi).is_some() { Ink::Good } else { Ink::Bad };
    let kind = Type { size: 12.0, ink, is_bold: true };
    for (place, line) in lettering::lines(told, kind.size, true, room, 2).iter().enumerate() {
        canvas.text(line, (MARGIN, 45.0 + 17.0 * place as f64), Anchor::Left, kind)?;
    }
    Ok(())
}

/// What the marks mean.
fn draw_legend(canvas: &Canvas<'_>, kpi: Kpi, y: f64) -> Result<(), PictureError> {
    let mut x = MARGIN;
    let mut entry =
        |name: &str, draw: &dyn Fn(f64) -> Result<(), PictureError>| -> Result<(), PictureError> {
            draw(x)?;
            canvas.text(name, (x + 22.0, y), Anchor::Left, SMALL)?;
            x += 22.0 + lettering::width(name, SMALL.size, false) + 14.0;
            Ok(())
        };
    let (top, foot) = (y - 6.0, y + 6.0);
    let unit = if kpi.unit() == "share" { "%" } else { kpi.unit() };
    entry(&format!("{} in {unit}, objectives met in every replication", kpi.name()), &|x| {
        canvas.bar((x, top), (x + 8.0, foot), Ink::Main, 0.12)?;
        canvas.bar((x + 8.0, top), (x + 16.0, foot), Ink::Main, 0.5)
    })?;
    entry("missed: in how many met", &|x| {
        canvas.bar((x, top), (x + 16.0, foot), Ink::Quiet, 0.2)?;
        panes::hatch(canvas, (x, top), (x + 16.0, foot))
    })?;
    entry("best", &|x| panes::frame(canvas, (x, top), (x + 16.0, foot), Ink::Good, 2.0))?;
    entry("you are here: the scenario as it stands", &|x| {
        panes::frame(canvas, (x, top), (x + 16.0, foot), Ink::Accent, 2.0)
    })
}
