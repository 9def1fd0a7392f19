//! Damage to a file, as a line of text: `hpa.yaml 120 4 "text" 1 …`.

/// What is done to one file.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) file: String,
    edits: Vec<Edit>,
    /// The line itself.
    pub(super) text: String,
}

/// At a byte of the good file so many bytes are removed, and others stand there so many times.
#[derive(Clone, Debug)]
pub(super) struct Edit {
    pub(super) at: usize,
    pub(super) removed: usize,
    pub(super) inserted: Vec<u8>,
    pub(super) times: usize,
}

impl Edit {
    /// Bytes in place of others.
    pub(super) fn new(at: usize, removed: usize, inserted: impl Into<Vec<u8>>) -> Self {
        Self { at, removed, inserted: inserted.into(), times: 1 }
    }

    /// The edit in text; everything but plain letters, digits and signs is escaped.
    pub(super) fn to_text(&self) -> String {
        let escaped = |byte: &u8| match byte {
            b'\\' | b'"' => format!("\\x{byte:02x}"),
            0x21..=0x7e => char::from(*byte).to_string(),
            _ => format!("\\x{byte:02x}"),
        };
        let inserted: String = self.inserted.iter().map(escaped).collect();
        format!(" {} {} \"{inserted}\" {}", self.at, self.removed, self.times)
    }
}

fn unescaped(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = text.trim_matches('"').as_bytes();
    while let [first, others @ ..] = rest {
        match (first, others) {
            (b'\\', [b'x', high, low, after @ ..]) => {
                let digits = [*high, *low];
                bytes.push(u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap());
                rest = after;
            }
            _ => {
                bytes.push(*first);
                rest = others;
            }
        }
    }
    bytes
}

/// The entries of a corpus, one per line.
pub(super) fn entries(text: &str) -> Vec<Entry> {
    let entry = |line: &str| {
        let mut words = line.split(' ');
        let file = words.next().unwrap().to_owned();
        let rest: Vec<&str> = words.collect();
        let number = |word: &str| word.parse::<usize>().unwrap();
        let edit = |words: &[&str]| match words {
            [at, removed, inserted, times] => Edit {
                at: number(at),
                removed: number(removed),
                inserted: unescaped(inserted),
                times: number(times),
            },
            _ => panic!("{line}: an edit has four words"),
        };
        Entry { file, edits: rest.chunks(4).map(edit).collect(), text: line.to_owned() }
    };
    text.lines().map(entry).collect()
}

impl Entry {
    /// The damaged file. Edits are about places of the good one, and do not overlap.
    pub(super) fn damage(&self, good: &[u8]) -> Vec<u8> {
        let mut edits = self.edits.clone();
        edits.sort_by_key(|edit| edit.at);
        let mut bytes = Vec::new();
        let mut done = 0;
        for edit in edits {
            let at = edit.at.clamp(done, good.len());
            bytes.extend_from_slice(&good[done..at]);
            bytes.extend(edit.inserted.repeat(edit.times));
            done = (at + edit.removed).min(good.len());
        }
        bytes.extend_from_slice(&good[done..]);
        bytes
    }
}
