//! `sim help`

use crate::cli::{Cli, HelpArguments};
use crate::exit::{Exit, Failure};
use clap::CommandFactory;
use forescale::document::{Code, did_you_mean};
use forescale::scenario::{Key, codes, keys, notations};
use std::io::Write;

const EXIT_CODES: &str = "\
0    all is well: the objectives were met, or there are none; every recording that can be replayed agrees
1    an objective was missed (at every load, for `sim knee`; by every variant, for `sim compare`; with every setting, for `sim sweep`), a KPI is worse than its baseline (`sim regress`), or a recording disagrees
2    wrong usage or wrong input, no request arrived though there are objectives, or the results cannot be written
101  a bug of Forescale; please report it with the scenario and the seed
130  interrupted by Ctrl-C
";

/// Explains a topic.
pub(crate) fn help(arguments: &HelpArguments) -> Result<Exit, Failure> {
    let Some(topic) = &arguments.topic else {
        Cli::command().print_long_help()?;
        return Ok(Exit::Fine);
    };
    let text = explained(topic).ok_or_else(|| Failure::Input(unknown(topic)))?;
    anstream::stdout().lock().write_all(text.as_bytes())?;
    Ok(Exit::Fine)
}

fn explained(topic: &str) -> Option<String> {
    if let Some(verb) = Cli::command().find_subcommand_mut(topic) {
        let mut verb = verb.clone().bin_name(format!("sim {topic}"));
        let verb = verb.render_long_help().ansi().to_string();
        // `sweep` is a table of scenarios too.
        return Some(key(topic).map(|key| format!("{key}\n\n")).unwrap_or_default() + &verb);
    }
    match topic {
        "exit-codes" => return Some(EXIT_CODES.to_owned()),
        "codes" => {
            return Some(codes().iter().map(|code| format!("{}  {}\n", code.id, code.title)).collect());
        }
        _ => {}
    }
    let code = codes().into_iter().find(|code| code.id.eq_ignore_ascii_case(topic));
    code.map(|code| story(&code)).or_else(|| key(topic)).or_else(|| notation(topic))
}

fn story(code: &Code) -> String {
    let paragraphs: Vec<String> = code.story.split("\n\n").map(|paragraph| wrapped(paragraph, "")).collect();
    format!("{}: {}\n\n{}", code.id, code.title, paragraphs.join("\n"))
}

/// A key of a scenario, with the keys right below it.
fn key(topic: &str) -> Option<String> {
    let keys = keys();
    let found = keys.iter().find(|key| is_meant(topic, key))?;
    let mut text = format!("{}: {}\n\n{}", found.path, found.kind, wrapped(&found.description, ""));
    if found.is_required {
        text += "It must be given.\n";
    }
    if let Some(default) = &found.default {
        text += &format!("Default: {default}\n");
    }
    let depth = found.path.split('.').count();
    let is_below = |key: &&Key| {
        key.path.strip_prefix(found.path.as_str()).is_some_and(|rest| rest.starts_with('.'))
            && key.path.split('.').count() == depth + 1
    };
    text += &listed(&keys.iter().filter(is_below).collect::<Vec<_>>());
    Some(text)
}

/// Whether a path means this key; any name may stand where the user chooses it.
fn is_meant(topic: &str, key: &Key) -> bool {
    let (given, own): (Vec<&str>, Vec<&str>) = (topic.split('.').collect(), key.path.split('.').collect());
    given.len() == own.len()
        && given.iter().zip(own).all(|(given, own)| *given == own || own == "NAME" || own == "pNN")
}

/// A kind of value: `distribution`.
fn notation(topic: &str) -> Option<String> {
    let notation = notations().into_iter().find(|notation| notation.name == topic)?;
    let mut text = format!("{}\n\n{}", notation.name, wrapped(&notation.description, ""));
    if !notation.examples.is_empty() {
        text += &format!("Examples: {}\n", notation.examples.join(", "));
    }
    text += &listed(&notation.keys.iter().collect::<Vec<_>>());
    Some(text)
}

fn listed(keys: &[&Key]) -> String {
    let lines = keys
        .iter()
        .map(|key| format!("  {} ({})\n{}", key.path, key.kind, wrapped(&key.description, "      ")));
    let lines: String = lines.collect();
    if lines.is_empty() { lines } else { format!("\nKeys:\n{lines}") }
}

/// No line is longer, since nobody reads longer lines well.
const WIDTH: usize = 100;

fn wrapped(text: &str, indent: &str) -> String {
    let mut lines = vec![indent.to_owned()];
    for word in text.split_whitespace() {
        let line = lines.last().map_or(0, |line| line.chars().count());
        let is_first = line == indent.chars().count();
        if !is_first && line + 1 + word.chars().count() > WIDTH {
            lines.push(format!("{indent}{word}"));
        } else if let Some(line) = lines.last_mut() {
            line.push_str(if is_first { "" } else { " " });
            line.push_str(word);
        }
    }
    lines.join("\n") + "\n"
}

fn unknown(topic: &str) -> String {
    let keys = keys();
    let codes = codes();
    let command = Cli::command();
    let verbs = command.get_subcommands().map(|verb| verb.get_name());
    let known = verbs.chain(keys.iter().map(|key| key.path.as_str())).chain(codes.iter().map(|code| code.id));
    let near = did_you_mean(topic, known.chain(["codes", "exit-codes"]));
    format!(
        "there is no help about `{topic}`{near} (a topic is an error code, a key of a scenario, a verb, `codes` or `exit-codes`)"
    )
}
