//! Makes damage by chance, the same with each call.

use super::edits::Edit;
use std::path::Path;

/// A sequence of numbers that never changes (splitmix64), whatever libraries do.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() % end.max(1) as u64) as usize
    }

    fn one<'a, T: ?Sized>(&mut self, of: &[&'a T]) -> &'a T {
        of[self.below(of.len())]
    }
}

const SYNTAX: [&str; 24] = [
    "[", "]", "{", "}", "\"", "'", ":", ": ", "=", ",", "- ", "#", "&", "*", "!", "|", ">", "%", "@", "`",
    "\\", "\t", "\r", "\n",
];
const WORDS: [&str; 20] = [
    "null",
    "true",
    "no",
    "~",
    "<<: ",
    "---\n",
    "...\n",
    "\"\"\"",
    "'''",
    "[[",
    "]]",
    "!!binary ",
    "!!str ",
    "%YAML 9.9\n",
    "? ",
    "nan",
    "inf",
    "0x",
    "2026-01-01",
    "{{ .Values.x }}",
];
const VALUES: [&str; 24] = [
    "0",
    "-1",
    "1e400",
    "-0.0",
    ".nan",
    "inf",
    "99999999999999999999999999999999999999999999",
    "18446744073709551616",
    "4294967296",
    "[]",
    "{}",
    "\"\"",
    "''",
    "null",
    "[[[]]]",
    "{ a: { b: 1 } }",
    "{ a = 1 }",
    "1d1d1d",
    "213d",
    "9999999999h",
    "0.0000000000000001s",
    "1Ei",
    "-5m",
    "\"\\u0000\"",
];
const UNICODE: [&str; 8] = ["é", "漢字", "😀", "\u{feff}", "\u{202e}", "\u{2028}", "e\u{301}", "\u{85}"];
const BYTES: [&[u8]; 6] = [b"\0", b"\xff\xfe", b"\xc3", b"\xed\xa0\x80", b"\x1b[31m", b"\x7f\x08"];
const NESTED: [(&str, usize); 10] = [
    ("[", 100),
    ("[", 5000),
    ("{a: ", 3000),
    ("{ a = ", 3000),
    ("- ", 4000),
    ("a.", 5000),
    ("[[", 3000),
    ("'", 2001),
    ("? ", 2000),
    ("!t ", 200),
];
const ANCHORS: [&str; 6] = [
    "&a ",
    "*a",
    "&a [*a]",
    "x: &x [1]\ny: &y [*x,*x,*x,*x]\nz: [*y,*y,*y,*y]\n",
    "<<: *a\n",
    "<<: [{a: 1}, 2]\n",
];

/// A good file with what damage needs to know of it.
struct Base {
    name: String,
    text: String,
    /// Where its lines start and end, without their ends.
    lines: Vec<(usize, usize)>,
}

impl Base {
    /// A line's key and value, as `key: value` or `key = value`.
    fn key_and_value(&self, line: (usize, usize)) -> Option<((usize, usize), (usize, usize))> {
        let text = &self.text[line.0..line.1];
        let at = text.find([':', '='])?;
        let indent = text.len() - text.trim_start_matches([' ', '-']).len();
        let value = at + 1 + (text[at + 1..].len() - text[at + 1..].trim_start().len());
        (indent < at)
            .then_some(((line.0 + indent, line.0 + text[..at].trim_end().len()), (line.0 + value, line.1)))
    }
}

fn bases(folder: &Path) -> Vec<Base> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut bases: Vec<Base> = entries
        .map(|path| {
            let text = std::fs::read_to_string(&path).unwrap();
            let mut start = 0;
            let lines = text.split_inclusive('\n').map(|line| {
                start += line.len();
                (start - line.len(), start - line.len() + line.trim_end().len())
            });
            let lines = lines.collect();
            Base { name: path.file_name().unwrap().to_str().unwrap().to_owned(), lines, text }
        })
        .collect();
    bases.sort_by(|a, b| a.name.cmp(&b.name));
    bases
}

/// The lines of a corpus over the files of a folder.
pub(super) fn generate(folder: &Path, size: usize) -> String {
    let bases = bases(folder);
    let keys: Vec<&str> = bases
        .iter()
        .flat_map(|base| {
            base.lines
                .iter()
                .filter_map(|line| base.key_and_value(*line))
                .map(|(key, _)| &base.text[key.0..key.1])
        })
        .collect();
    let mut chance = Chance(2026);
    let mut text = String::new();
    for number in 0..size {
        let base = &bases[number % bases.len()];
        let count = 1 + chance.below(3) * chance.below(2);
        text += &base.name;
        let mut free = 0..base.text.len();
        for _ in 0..count {
            // Edits of one entry come one after the other, so that they do not overlap.
            let edits = damage(&mut chance, base, &keys);
            if edits.iter().all(|edit| edit.at >= free.start) {
                free.start = edits.iter().map(|edit| edit.at + edit.removed).max().unwrap_or(0) + 1;
                text.extend(edits.iter().map(Edit::to_text));
            }
        }
        text += "\n";
    }
    text
}

fn damage(chance: &mut Chance, base: &Base, keys: &[&str]) -> Vec<Edit> {
    let length = base.text.len();
    let at = chance.below(length);
    let line = base.lines[chance.below(base.lines.len())];
    let other = base.lines[chance.below(base.lines.len())];
    let of = |line: (usize, usize)| base.text.as_bytes()[line.0..line.1].to_vec();
    let whole = |line: (usize, usize)| line.1 - line.0;
    match chance.below(17) {
        0 => vec![Edit::new(at, 1, [base.text.as_bytes()[at] ^ (1 << chance.below(8))])],
        1 => vec![Edit::new(at, 1 + chance.below(40), "")],
        2 => vec![Edit::new(line.0, 0, [of(line), b"\n".to_vec()].concat())],
        3 if line.0 != other.0 => {
            vec![Edit::new(line.0, whole(line), of(other)), Edit::new(other.0, whole(other), of(line))]
        }
        4 => vec![Edit::new(at, length - at, "")],
        5 => vec![Edit::new(at, 0, chance.one(&SYNTAX))],
        6 => vec![Edit::new(if chance.below(2) == 0 { line.0 } else { at }, 0, chance.one(&WORDS))],
        7 => vec![Edit::new(at, 0, chance.one(&UNICODE))],
        8 => vec![Edit::new(at, 0, BYTES[chance.below(BYTES.len())])],
        9 => {
            let (text, times) = NESTED[chance.below(NESTED.len())];
            let place = base.key_and_value(line).map_or(line.0, |(_, value)| value.0);
            vec![Edit { times, ..Edit::new(place, 0, text) }]
        }
        10 => {
            let place = base.key_and_value(line).map_or(line.0, |(_, value)| value.0);
            vec![Edit::new(if chance.below(2) == 0 { line.0 } else { place }, 0, chance.one(&ANCHORS))]
        }
        11 => match (base.key_and_value(line), base.key_and_value(other)) {
            (Some((_, one)), Some((_, two))) if one.0 != two.0 => {
                vec![Edit::new(one.0, whole(one), of(two)), Edit::new(two.0, whole(two), of(one))]
            }
            _ => vec![Edit::new(line.0, whole(line) + 1, "")],
        },
        12 => match base.key_and_value(line) {
            Some((key, _)) => vec![Edit::new(key.0, whole(key), chance.one(keys))],
            None => vec![Edit::new(line.0, whole(line) + 1, "")],
        },
        13 | 14 => match base.key_and_value(line) {
            Some((_, value)) => vec![Edit::new(value.0, whole(value), chance.one(&VALUES))],
            None => vec![Edit::new(line.0, 0, chance.one(&VALUES))],
        },
        15 => vec![Edit::new(line.0, 0, " ".repeat(1 + chance.below(4)))],
        _ => vec![Edit::new(line.0, whole(line) + 1, "")],
    }
}
