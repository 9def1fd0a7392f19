//! The picture.

use crate::runs;
use forescale_core::record::RunRecord;
use forescale_core::run;
use forescale_report::{Subject, timeline_svg};

fn picture(subject: &Subject, record: &RunRecord) -> String {
    timeline_svg(subject, record).unwrap()
}

fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    tag.split_once(&format!(" {name}=\""))?.1.split('"').next()
}

/// A line of text with its box in tenths of a pixel: left, right, middle, half its height.
#[derive(Debug)]
struct Label<'a> {
    text: &'a str,
    left: f64,
    right: f64,
    middle: f64,
    half: f64,
}

/// About the width of a character in DejaVu Sans, one of the widest fonts.
fn advance(c: char) -> f64 {
    match c {
        'i' | 'j' | 'l' => 0.28,
        ' ' | '.' | ',' | ':' | '-' | '·' | '(' | ')' | 'f' | 't' | 'r' => 0.38,
        _ => 0.64,
    }
}

fn labels(svg: &str) -> Vec<Label<'_>> {
    let parse = |line: &'_ str, name: &str| attribute(line, name).unwrap().parse::<f64>().unwrap();
    let texts = svg.lines().filter(|line| line.starts_with("<text "));
    let label = texts.map(|line| {
        let text = line.split_once('>').unwrap().1.strip_suffix("</text>").unwrap();
        let size = parse(line, "font-size");
        let letters = ["&lt;", "&gt;", "&amp;", "&quot;"]
            .iter()
            .fold(text.to_owned(), |text, code| text.replace(code, "&"));
        let width =
            letters.chars().map(advance).sum::<f64>() * size * if line.contains("bold") { 1.1 } else { 1.0 };
        let x = parse(line, "x");
        let left = match attribute(line, "text-anchor").unwrap() {
            "start" => x,
            "middle" => x - width / 2.0,
            _ => x - width,
        };
        Label { text, left, right: left + width, middle: parse(line, "y"), half: 0.45 * size }
    });
    label.collect()
}

/// Checks what holds for every picture: it is a document, its numbers are numbers, its words stand on the sheet and apart.
pub(crate) fn check(svg: &str) {
    assert!(
        svg.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"960\" ")
            && svg.ends_with("</svg>\n")
    );
    for line in svg.lines() {
        let is_whole = line.starts_with('<') && (line.ends_with('>') || line.ends_with('{'));
        assert!(is_whole || line == "}</style>" || line.starts_with('['), "{line}");
        assert!(
            line.matches('"').count() % 2 == 0 && !line.contains("NaN") && !line.contains("=\"inf"),
            "{line}"
        );
        assert!(!line.contains(|c: char| c.is_control()), "{line:?}");
    }
    let height: f64 = 10.0 * attribute(svg, "height").unwrap().parse::<f64>().unwrap();
    let labels = labels(svg);
    for (i, label) in labels.iter().enumerate() {
        assert!(
            label.left >= 0.0 && label.right <= 9600.0 && label.middle < height,
            "{} is cut off: {label:?}",
            label.text
        );
        let meets = |other: &&Label<'_>| {
            (label.middle - other.middle).abs() < label.half + other.half
                && label.left < other.right
                && other.left < label.right
        };
        let other = labels.iter().take(i).find(meets);
        assert!(other.is_none(), "{label:?} and {other:?} overlap");
    }
}

#[test]
fn words_of_all_runs_stand_apart() {
    let hostile = Subject {
        scenario: "a <name> & \"one\"\nthat goes on ".repeat(9),
        autoscaler: "AverageValue 250 and ".repeat(20),
        tool_version: "0.1.0-develop".repeat(20),
        ..runs::subject()
    };
    for (_, record) in runs::all() {
        for subject in [&runs::subject(), &hostile] {
            let svg = picture(subject, &record);
            check(&svg);
            assert_eq!(svg, picture(subject, &record));
        }
    }
}

#[test]
fn a_burst_tells_its_story() {
    let record = run(&runs::burst()).unwrap();
    let svg = picture(&runs::subject(), &record);
    for part in [
        ">burst</text>",
        ">MISSED 1 of 2 objectives — TTFT p99 ",
        ">HPA vllm (igw_queue_depth Value 20,",
        ">Arrivals, requests/s</text>",
        ">lost (",
        ">Gateway queue, requests</text>",
        ">desired but not Ready</text>",
        ">2 up</text>",
        ">1→3</text>",
        ">3→1</text>",
        ">objective p99 ≤ 5 s</text>",
        ">100 ms</text>",
        ">30m</text>",
        "prefers-color-scheme: dark",
        "stroke-dasharray",
    ] {
        assert!(svg.contains(part), "no {part} in\n{svg}");
    }
}

#[test]
fn each_of_many_decisions_has_a_tick() {
    let mut record = run(&runs::up_and_down()).unwrap();
    let (first, end) = (record.scalings().next().unwrap().clone(), record.end);
    for count in [1, 7, 60, 300] {
        let scaling = |i: u64| {
            let mut sync = first.clone();
            sync.at = forescale_kernel::SimTime::from_ps(end.as_ps() / count * i);
            sync.from = 1 + (i % 2) as u32;
            sync.decision.replicas = Some(2 - (i % 2) as u32);
            sync
        };
        record.syncs = (0..count).map(scaling).collect();
        let svg = picture(&runs::subject(), &record);
        check(&svg);
        let ticks =
            svg.lines().filter(|line| line.starts_with("<polyline") && line.contains("stroke=\"#1F2328\""));
        assert_eq!(ticks.count() as u64, count);
    }
}

#[cfg(feature = "png")]
#[test]
fn the_picture_in_pixels_is_the_same_and_has_words() {
    let record = run(&runs::burst()).unwrap();
    let png = forescale_report::timeline_png(&runs::subject(), &record).unwrap();
    let image = resvg::tiny_skia::Pixmap::decode_png(&png).unwrap();
    let height = attribute(&picture(&runs::subject(), &record), "height").unwrap().parse::<u32>().unwrap();
    assert_eq!((image.width(), image.height()), (1920, 2 * height));
    // Bold strokes of the name, in the upper left corner.
    let corner = (0..100_u32).flat_map(|x| (20..80_u32).map(move |y| (x, y)));
    let dark = corner.filter(|(x, y)| image.pixel(*x, *y).is_some_and(|pixel| pixel.red() < 60)).count();
    assert!(dark > 300, "{dark}");
    assert_eq!(png, forescale_report::timeline_png(&runs::subject(), &record).unwrap());
}
