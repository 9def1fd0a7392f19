//! The picture in pixels.

use super::{Paper, PictureError, timeline};
use crate::Subject;
use forescale_core::record::RunRecord;
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree};

/// Pixels per pixel of the SVG: enough for a screen with fine ones.
const ZOOM: f32 = 2.0;
/// DejaVu Sans, cut down to Latin and Greek letters and a few signs; its licence stands beside it.
const FONTS: [&[u8]; 2] = [
    include_bytes!("../../fonts/DejaVuSans.subset.ttf"),
    include_bytes!("../../fonts/DejaVuSans-Bold.subset.ttf"),
];

/// The picture of [`timeline_svg`](crate::timeline_svg) on light paper as a PNG file, 1920 pixels wide.
///
/// It is drawn with a font of its own, so the same run gives the same bytes on machines with other fonts or none. Letters that the font does
/// not have (it has Latin and Greek ones) become boxes.
///
/// # Errors
/// Where the picture cannot be drawn, which no record is known to cause.
pub fn timeline_png(subject: &Subject, record: &RunRecord) -> Result<Vec<u8>, PictureError> {
    let svg = timeline(subject, record, Paper::Light)?;
    let mut options = Options::default();
    let fonts = options.fontdb_mut();
    for font in FONTS {
        fonts.load_font_data(font.to_vec());
    }
    fonts.set_sans_serif_family("DejaVu Sans");
    let tree = Tree::from_str(&svg, &options).map_err(PictureError::new)?;
    let size = tree.size().to_int_size().scale_by(ZOOM);
    let pixmap = size.and_then(|size| Pixmap::new(size.width(), size.height()));
    let mut pixmap = pixmap.ok_or_else(|| PictureError::new("it has no size"))?;
    resvg::render(&tree, Transform::from_scale(ZOOM, ZOOM), &mut pixmap.as_mut());
    pixmap.encode_png().map_err(PictureError::new)
}
