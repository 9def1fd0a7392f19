//! One argument in a container's list: `args.--max-num-seqs`.

use super::Object;
use super::field::Edit;
use super::vllm_args::{is_known, is_switch, known, long_name};
use forescale_document::{Node, Path, PathError, Step, Value, did_you_mean};

/// An argument by its name, without `no-`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Flag {
    /// With dashes, as it is written.
    word: String,
    /// Its long name, with dashes and without `no-`.
    name: String,
    /// Whether it is written with `no-`.
    is_negated: bool,
}

impl Flag {
    pub(super) fn new(word: &str) -> Self {
        let name = word.split('=').next().unwrap_or_default();
        let name = long_name(name).replace('_', "-");
        match name.strip_prefix("--no-") {
            Some(rest) => Self { word: word.to_owned(), name: format!("--{rest}"), is_negated: true },
            None => Self { word: word.to_owned(), name, is_negated: false },
        }
    }

    /// `--name`, or `--no-name`.
    fn switch(&self, is_on: bool) -> String {
        match is_on {
            true => self.name.clone(),
            false => format!("--no-{}", self.name.trim_start_matches('-')),
        }
    }

    /// The word of the list that holds it, the last one if there are several: that one counts for vLLM.
    fn position(&self, words: &[Node]) -> Option<usize> {
        words.iter().rposition(|word| {
            let text = word.text().filter(|text| text.starts_with('-'));
            text.is_some_and(|text| Self::new(text).name == self.name)
        })
    }

    /// What it is in the list, as TOML.
    pub(super) fn current(&self, words: &[Node]) -> Option<String> {
        let at = self.position(words)?;
        let word = words.get(at)?.text()?;
        let value = word.split_once('=').map(|(_, value)| value);
        if is_switch(&self.name) {
            let is_as_written = value != Some("false");
            return Some(((Self::new(word).is_negated == self.is_negated) == is_as_written).to_string());
        }
        let value = value.or_else(|| next_value(words, at))?;
        let is_number = value.parse::<f64>().is_ok_and(f64::is_finite);
        Some(if is_number { value.to_owned() } else { format!("{value:?}") })
    }

    /// Its long name without dashes.
    pub(super) fn name(&self) -> &str {
        self.name.trim_start_matches('-')
    }

    /// The words that it takes in the list: their first and their number.
    pub(crate) fn words(&self, words: &[Node]) -> Option<(usize, usize)> {
        let at = self.position(words)?;
        let is_alone =
            words.get(at)?.text()?.contains('=') || is_switch(&self.name) || next_value(words, at).is_none();
        Some((at, if is_alone { 1 } else { 2 }))
    }

    pub(crate) fn word(&self) -> &str {
        &self.word
    }
}

fn next_value(words: &[Node], at: usize) -> Option<&str> {
    words.get(at + 1).and_then(Node::text).filter(|next| !next.starts_with("--"))
}

/// The change that gives an argument of the list at `path` a value: in its `--flag=value`, in the word after its `--flag`, or as a new
/// word at the end. `true` and `false` turn a switch on and off.
pub(super) fn set_flag(object: &Object, path: &Path, flag: &Flag, value: &Value) -> Result<Edit, PathError> {
    let fail = |message: String, help: String| Err(PathError { message, help, at: 0 });
    let words = path.find(&object.tree).map(Node::items).unwrap_or_default();
    if is_script(object, path) {
        let message = format!("`{}` cannot be set: the arguments stand in a shell script", flag.word);
        return fail(message, "write `command` and `args` as lists".to_owned());
    }
    let at = flag.position(words);
    if at.is_none() && !is_known(&flag.name) {
        let words = words.iter().filter_map(Node::text).filter(|word| word.starts_with('-'));
        let there: Vec<&str> = words.map(|word| word.split('=').next().unwrap_or_default()).collect();
        let near =
            did_you_mean(&flag.word, there.iter().copied().chain(known().map(|flag| -> &str { flag })));
        let message = format!(
            "`{}` is neither in `{path}` nor an argument of vLLM that is known here{near}",
            flag.word
        );
        return fail(message, format!("in the list are {}", there.join(", ")));
    }
    let is_on = match value {
        Value::Bool(value) => Some(*value != flag.is_negated),
        _ => None,
    };
    let text = match value {
        Value::Text(text) => text.clone(),
        Value::List(_) | Value::Table(_) | Value::Null => {
            return fail(format!("`{}` takes one value", flag.word), String::new());
        }
        Value::Bool(value) => value.to_string(),
        Value::Integer(number) => number.to_string(),
        Value::Float(number) => number.to_string(),
    };
    let Some(at) = at else {
        let word = is_on.map_or_else(|| format!("{}={text}", flag.word), |is_on| flag.switch(is_on));
        return Ok(Edit { path: path.clone(), value: Value::Text(word), is_new_item: true });
    };
    let written = words.get(at).and_then(Node::text).unwrap_or_default();
    let (place, word) = match (is_on, written.split_once('=')) {
        (Some(is_on), _) => (at, flag.switch(is_on)),
        (None, Some((name, _))) => (at, format!("{name}={text}")),
        (None, None) if next_value(words, at).is_some() => (at + 1, text),
        (None, None) => (at, format!("{written}={text}")),
    };
    let mut path = path.clone();
    path.0.push(Step::Index(place));
    Ok(Edit { path, value: Value::Text(word), is_new_item: false })
}

/// Whether the container of this list runs a shell.
fn is_script(object: &Object, path: &Path) -> bool {
    let container = Path(path.0.get(..path.0.len().saturating_sub(1)).unwrap_or_default().to_vec());
    let command = container.find(&object.tree).and_then(|container| container.get("command"));
    let first = command.map(Node::items).unwrap_or_default().first().and_then(Node::text).unwrap_or_default();
    matches!(first.rsplit('/').next(), Some("sh" | "bash"))
}
