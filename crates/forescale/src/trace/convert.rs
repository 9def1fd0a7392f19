//! `sim trace convert`

use super::arguments::ConvertArguments;
use super::{left_out, rejected, tell_repairs, things};
use crate::exit::{Exit, Failure};
use forescale::core::demand::TraceError;
use forescale::kernel::{SimDuration, random};
use forescale::report::Folder;
use forescale::scenario::{Replay, Replayed};
use std::io::{self, Write};
use std::path::Path;

/// Writes a trace as generic CSV.
pub(super) fn convert(arguments: &ConvertArguments) -> Result<Exit, Failure> {
    let path = &arguments.out;
    let shown = path.display();
    if path.exists() && !arguments.force {
        return Err(Failure::Input(format!("{shown} exists and would be overwritten: --force does it")));
    }
    let Some(name) = path.file_name() else {
        return Err(Failure::Input(format!("{shown} is no name of a file")));
    };
    let file = arguments.file.trace().map_err(Failure::Input)?;
    let ConvertArguments { rate_scale, window, thin, repeat, seed, .. } = *arguments;
    let replay = Replay { rate_scale, window, thin, repeat };
    let random = random::stream(seed, "trace/thin", 0);
    let mut requests = Replayed::open(file, replay, random).map_err(|error| rejected(&error))?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut written = Written::default();
    let mut publish = || {
        let mut folder = Folder::open(folder)?;
        folder.write(&name.to_string_lossy(), |out| written.write(&mut requests, out))?;
        folder.publish()
    };
    let published = publish();
    if let Some(wrong) = &written.wrong {
        return Err(rejected(wrong));
    }
    if written.lacks_lengths {
        let message = "this log does not say how long a request is, and CSV needs it; a scenario replays the log itself with the \
                       workload's `prompt_tokens` and `output_tokens`";
        return Err(Failure::Input(message.to_owned()));
    }
    published.map_err(|error| Failure::Input(error.to_string()))?;
    tell_repairs(requests.requests());
    for left_out in left_out(requests.requests()) {
        anstream::eprintln!("left out: {left_out}");
    }
    if written.has_hash_ids {
        anstream::eprintln!("left out: hash ids, for which generic CSV has no column");
    }
    let mut out = anstream::stdout().lock();
    writeln!(out, "written: {shown}, {}", things(written.rows, "request"))?;
    out.flush()?;
    Ok(Exit::Fine)
}

#[derive(Default)]
struct Written {
    rows: u64,
    has_hash_ids: bool,
    /// A request of an access log has no tokens, which generic CSV needs.
    lacks_lengths: bool,
    /// The mistake in the trace that ended it.
    wrong: Option<TraceError>,
}

impl Written {
    fn write(&mut self, requests: &mut Replayed, out: &mut impl Write) -> io::Result<()> {
        writeln!(out, "arrival_s,prompt_tokens,output_tokens")?;
        for request in requests {
            let request = match request {
                Ok(request) => request,
                Err(error) => {
                    self.wrong = Some(error);
                    // The draft is thrown away with this.
                    return Err(io::Error::other("the trace is wrong"));
                }
            };
            self.rows += 1;
            self.has_hash_ids |= !request.hash_ids.is_empty();
            let (at, prompt, output) = (seconds(request.at), request.prompt_tokens, request.output_tokens);
            if prompt == 0 || output == 0 {
                self.lacks_lengths = true;
                return Err(io::Error::other("the log has no lengths"));
            }
            writeln!(out, "{at},{prompt},{output}")?;
        }
        Ok(())
    }
}

/// Seconds to the nanosecond, without zeros at the end: `0`, `4.314579`.
fn seconds(at: SimDuration) -> String {
    let ns = at.as_ps() / 1000 + u64::from(at.as_ps() % 1000 >= 500);
    let text = format!("{}.{:09}", ns / 1_000_000_000, ns % 1_000_000_000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_are_exact_to_the_nanosecond() {
        let texts = [0, 4_314_579_000_000, 1_000_000_000_000, 999_999_999_500, 400].map(SimDuration::from_ps);
        assert_eq!(texts.map(seconds), ["0", "4.314579", "1", "1", "0"]);
    }
}
