//! The colours, each for paper that is light and for paper that is dark.

use plotters::style::RGBColor;

/// A colour by its purpose. Series differ in lightness as well as in hue, and no two meet that a red-green blind eye would mix up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ink {
    /// The ground of the whole picture: it does not show what is behind it.
    Paper,
    /// Titles.
    Text,
    /// Words and numbers that step back.
    Muted,
    /// Lines that help the eye.
    Grid,
    /// The foot of a panel.
    Axis,
    /// What there is: arrivals, the queue, running requests, Ready pods, the usual latency.
    Main,
    /// What is wished or hurts: desired replicas, waiting requests, the worst latency.
    Accent,
    /// What became of the main series.
    Quiet,
    /// Requests that were lost, and a missed verdict.
    Bad,
    /// A verdict that holds.
    Good,
    /// The limit of an objective; a dashed line.
    Limit,
    /// The instant of a decision; a dotted line.
    Decision,
}

impl Ink {
    const ALL: [Self; 12] = [
        Self::Paper,
        Self::Text,
        Self::Muted,
        Self::Grid,
        Self::Axis,
        Self::Main,
        Self::Accent,
        Self::Quiet,
        Self::Bad,
        Self::Good,
        Self::Limit,
        Self::Decision,
    ];

    /// On light paper and on dark; in each column no colour appears twice, since the style sheet tells inks by their colour.
    const fn colors(self) -> [u32; 2] {
        match self {
            Self::Paper => [0xff_ff_ff, 0x0d_11_17],
            Self::Text => [0x1f_23_28, 0xe6_ed_f3],
            Self::Muted => [0x59_63_6e, 0x91_98_a1],
            Self::Grid => [0xeb_ed_f0, 0x21_26_2d],
            Self::Axis => [0xaf_b8_c1, 0x48_4f_58],
            Self::Main => [0x00_68_b5, 0x4c_a6_f2],
            Self::Accent => [0xd5_5e_00, 0xff_94_4d],
            Self::Quiet => [0x8c_95_9f, 0x76_7e_88],
            Self::Bad => [0xb3_1d_4e, 0xff_7b_9c],
            Self::Good => [0x11_6b_44, 0x3f_c2_8a],
            Self::Limit => [0x42_4a_53, 0xb1_ba_c4],
            Self::Decision => [0x9d_a5_ae, 0x60_68_71],
        }
    }

    /// On light paper.
    pub(super) const fn color(self) -> RGBColor {
        let [_, red, green, blue] = self.colors()[0].to_be_bytes();
        RGBColor(red, green, blue)
    }

    /// On light paper, as the attributes have it.
    fn name(self) -> String {
        format!("#{:06X}", self.colors()[0])
    }

    /// What is added to lines in this ink.
    const fn dashes(self) -> Option<&'static str> {
        match self {
            Self::Limit => Some("60 40"),
            Self::Decision => Some("10 30"),
            _ => None,
        }
    }
}

/// The rules that change the picture where dark paper is preferred.
pub(super) fn style_sheet() -> String {
    let mut rules = String::from("<style>@media (prefers-color-scheme: dark) {\n");
    for ink in Ink::ALL {
        let (light, dark) = (ink.name(), ink.colors()[1]);
        rules += &format!(
            "[fill=\"{light}\"] {{ fill: #{dark:06X} }} [stroke=\"{light}\"] {{ stroke: #{dark:06X} }}\n"
        );
    }
    rules + "}</style>\n"
}

/// The picture with its dashed lines dashed.
pub(super) fn with_dashes(mut svg: String) -> String {
    for ink in Ink::ALL {
        if let Some(dashes) = ink.dashes() {
            let stroke = format!(" stroke=\"{}\"", ink.name());
            svg = svg.replace(&stroke, &format!("{stroke} stroke-dasharray=\"{dashes}\""));
        }
    }
    svg
}

#[cfg(test)]
mod tests {
    use super::*;

    fn luminance(color: u32) -> f64 {
        let [_, red, green, blue] = color.to_be_bytes().map(|part| {
            let part = f64::from(part) / 255.0;
            if part <= 0.040_45 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        });
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }

    /// The contrast ratio of WCAG 2.
    fn contrast(one: u32, other: u32) -> f64 {
        let (one, other) = (luminance(one) + 0.05, luminance(other) + 0.05);
        (one / other).max(other / one)
    }

    #[test]
    fn inks_differ_and_stand_out_from_the_paper() {
        for paper in [0, 1] {
            for (i, ink) in Ink::ALL.into_iter().enumerate() {
                let color = ink.colors()[paper];
                let clash = Ink::ALL[..i].iter().find(|other| other.colors()[paper] == color);
                assert_eq!(clash, None, "{ink:?}");
                let least = match ink {
                    Ink::Text | Ink::Muted | Ink::Bad | Ink::Good => 4.5,
                    Ink::Main | Ink::Accent | Ink::Limit | Ink::Quiet => 2.9,
                    _ => 1.0,
                };
                let contrast = contrast(color, Ink::Paper.colors()[paper]);
                assert!(contrast >= least, "{ink:?} on paper {paper}: {contrast}");
            }
        }
    }
}
