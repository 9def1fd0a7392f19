//! Codes of diagnostics, and the long stories behind them.

/// A kind of mistake. Its number is part of the public interface: it keeps its meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Code {
    /// `F007`
    pub id: &'static str,
    /// What it is, in a few words.
    pub title: &'static str,
    /// What it means, why it is refused, and how to mend it: paragraphs parted by empty lines.
    pub story: &'static str,
}

/// The codes of mistakes that any file can have.
impl Code {
    /// A file that cannot be read.
    pub const UNREADABLE: Self = Self {
        id: "F001",
        title: "a file cannot be read",
        story: "A file that is named on the command line or in a scenario does not exist, is a folder, or may not be read.\n\nPaths in a scenario are relative to the scenario's own folder, not to the folder in which the command runs.",
    };
    /// A file that is no text.
    pub const NOT_TEXT: Self = Self {
        id: "F002",
        title: "a file is no text",
        story: "The file holds bytes that are not UTF-8. Scenarios, manifests and traces are UTF-8 texts; the place that is shown is the first byte that is none.\n\nA file written by an editor as UTF-16 can be converted with `iconv -f UTF-16 -t UTF-8`.",
    };
    /// A file without content.
    pub const EMPTY: Self = Self {
        id: "F003",
        title: "a file is empty",
        story: "The file has no content, or comments only. A scenario needs at least `[scenario]` with a name and a duration, a `[model_server]` and a workload; `sim init` writes one to start from.",
    };
    /// Wrong syntax.
    pub const SYNTAX: Self = Self {
        id: "F004",
        title: "the syntax is wrong",
        story: "The text is not TOML (scenarios) or not YAML (manifests, Helm values). The caret shows where reading stopped; the mistake may stand a little before it: an open quotation mark, a missing comma, an item that is indented differently from its neighbours, a tab.",
    };
    /// A key that stands twice in one table.
    pub const DUPLICATE_KEY: Self = Self {
        id: "F005",
        title: "a key stands twice",
        story: "The same key is given twice in one table or mapping; both places are shown. Some readers of YAML take the last one without a word, others the first one, so the file would mean different things to different tools.",
    };
    /// A key that does not exist.
    pub const UNKNOWN_KEY: Self = Self {
        id: "F006",
        title: "a key does not exist",
        story: "No such key exists here. A misspelt key is never passed over, since the default would be taken for it without a word. Kubernetes rejects it too, where field validation is strict.\n\n`docs/reference.md` lists the keys of a scenario, and an editor completes them with the JSON Schema that `sim schema` prints.",
    };
    /// A key that must be there.
    pub const MISSING_KEY: Self = Self {
        id: "F007",
        title: "a key is missing",
        story: "A key without a default is not given. The place that is shown is the table or mapping in which it belongs.",
    };
    /// A value of another type.
    pub const WRONG_TYPE: Self = Self {
        id: "F008",
        title: "a value has the wrong type",
        story: "A number stands where a text is expected, a single value where a list is, and so on. In YAML `yes`, `on`, `1.0` and `1e3` are not texts unless they are quoted, and Kubernetes refuses a number in place of a text (`value: 5` of an environment variable must be `value: \"5\"`).",
    };
    /// A value that is not among those allowed.
    pub const WRONG_VALUE: Self = Self {
        id: "F009",
        title: "a value is not allowed here",
        story: "The value has the right type, but is none of those that can stand here. The message says which can.",
    };
    /// A duration or size without a unit, or with a wrong one.
    pub const WRONG_UNIT: Self = Self {
        id: "F010",
        title: "a unit is missing or wrong",
        story: "Durations and sizes carry their unit, so that nobody has to guess: `\"250ms\"`, `\"15s\"`, `\"1h30m\"`, `\"2d\"`; `\"16GB\"`, `\"1.5GiB\"`, `\"1.2GB/s\"`. The units of durations are ps, ns, us (or µs), ms, s, m, h and d; those of sizes B, kB, MB, GB, TB (powers of 1000) and KiB, MiB, GiB, TiB (powers of 1024).\n\nToken counts, rates in requests/s and quotas are plain numbers.",
    };
    /// A value beyond its range.
    pub const OUT_OF_RANGE: Self = Self {
        id: "F011",
        title: "a value is out of range",
        story: "The value is below the least or above the greatest one that means something here. The message names the range.",
    };
    /// Two things that exclude each other.
    pub const CONTRADICTION: Self = Self {
        id: "F012",
        title: "two things contradict each other",
        story: "Two keys, two variants of one table, or two files say things that cannot both hold. All places are shown. A table such as `arrivals` is one thing at a time: `arrivals.poisson` or `arrivals.constant`.\n\nA Deployment's arguments and an EndpointPickerConfig are the truth about what runs; a scenario may repeat what they say, not change it.",
    };
    /// Too many mistakes to go on.
    pub const TOO_MANY: Self = Self {
        id: "F019",
        title: "too many mistakes",
        story: "Reading stopped after a hundred mistakes in one file. It is probably a file of another kind.",
    };
    /// A line that looks like an item of a list and is none.
    pub const SWALLOWED_ITEM: Self = Self {
        id: "F107",
        title: "a line looks like an item of a list and is none",
        story: "In YAML a text without quotation marks goes on over all lines that are indented further. A `-` at the beginning of such a line is a part of the text, not the beginning of an item: the list has one item less than it seems.",
    };

    /// All of them.
    pub const OF_FILES: [Self; 14] = [
        Self::UNREADABLE,
        Self::NOT_TEXT,
        Self::EMPTY,
        Self::SYNTAX,
        Self::DUPLICATE_KEY,
        Self::UNKNOWN_KEY,
        Self::MISSING_KEY,
        Self::WRONG_TYPE,
        Self::WRONG_VALUE,
        Self::WRONG_UNIT,
        Self::OUT_OF_RANGE,
        Self::CONTRADICTION,
        Self::TOO_MANY,
        Self::SWALLOWED_ITEM,
    ];
}
