//! ServeGen's clients: no log of requests, but what each client of a service sent, window by window.
//!
//! A folder, or a tar packed by gzip, with `chunk-ID-trace.csv` for each client (no header: start of the window in seconds, requests per
//! second, coefficient of variation of the gaps, `Gamma`, `Weibull` or nothing, its shape, its scale) and, for some, `chunk-ID-dataset.json`
//! with distributions of lengths.

use super::fields::fields;
use super::lines::{Lines, Text, nowhere, shortened};
use flate2::bufread::MultiGzDecoder;
use forescale_core::demand::{TraceDefect, TraceError};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};

/// No file in an archive may be larger, in bytes.
const LARGEST: u64 = 1 << 28;

/// The distribution of a client's gaps within a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ServegenProcess {
    /// Gamma distributed gaps.
    Gamma,
    /// Weibull distributed gaps.
    Weibull,
}

/// What a client sends in a window.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ServegenWindow {
    /// When it begins, in whole seconds.
    pub start_s: u64,
    /// Requests per second.
    pub rate: f64,
    /// Coefficient of variation of the gaps between requests; 0 where nothing was fitted.
    pub cv: f64,
    /// The distribution of the gaps; `None` where nothing was fitted.
    pub process: Option<ServegenProcess>,
}

/// A client.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ServegenClient {
    /// Its windows in order of time.
    pub windows: Vec<ServegenWindow>,
    /// Whether the lengths of its requests are known.
    pub has_lengths: bool,
}

/// All clients of a set, by the names that their files have.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ServegenClients {
    clients: BTreeMap<String, ServegenClient>,
}

impl ServegenClients {
    /// Whether there are clients behind a path: it is a folder, or a tar packed by gzip. A file that cannot be read is none.
    pub fn are_at(path: &Path) -> bool {
        // A pipe can be read only once.
        if !path.is_file() {
            return path.is_dir();
        }
        let mut head = Vec::new();
        let unpacked = File::open(path).map(|file| MultiGzDecoder::new(BufReader::new(file)).take(512));
        // The mark of a tar stands at byte 257 of its first header.
        unpacked.is_ok_and(|mut file| file.read_to_end(&mut head).is_ok())
            && head.get(257..262).is_some_and(|mark| mark == b"ustar")
    }

    /// Reads a folder or an archive.
    ///
    /// # Errors
    /// A [`TraceError`] where it cannot be read, has no client, or a row of one is wrong.
    pub fn read(path: &Path) -> Result<Self, TraceError> {
        let mut set = Self::default();
        match path.is_dir() {
            true => set.read_folder(path)?,
            false => set.read_archive(path)?,
        }
        set.clients.retain(|_, client| !client.windows.is_empty());
        match set.clients.is_empty() {
            true => {
                let message =
                    format!("`{}` has no file `chunk-ID-trace.csv` of a client of ServeGen", path.display());
                Err(nowhere(path, TraceDefect::Empty, message))
            }
            false => Ok(set),
        }
    }

    /// The clients by their names.
    pub fn clients(&self) -> impl Iterator<Item = (&str, &ServegenClient)> {
        self.clients.iter().map(|(name, client)| (name.as_str(), client))
    }

    /// The length of a window in seconds: the least distance of two; 600 where there is one.
    pub fn window_s(&self) -> u64 {
        let pairs = self.clients.values().flat_map(|client| client.windows.windows(2));
        pairs.map(|pair| pair[1].start_s - pair[0].start_s).min().unwrap_or(600).max(1)
    }

    /// Requests per second of all clients together, by the start of each window in seconds.
    pub fn rates(&self) -> BTreeMap<u64, f64> {
        let mut rates = BTreeMap::new();
        for window in self.clients.values().flat_map(|client| &client.windows) {
            *rates.entry(window.start_s).or_default() += window.rate;
        }
        rates
    }

    fn read_folder(&mut self, folder: &Path) -> Result<(), TraceError> {
        let unreadable = |error: std::io::Error| {
            let message = format!("`{}` {}", folder.display(), crate::context::unreadable(&error));
            nowhere(folder, TraceDefect::Unreadable, message)
        };
        let mut paths: Vec<PathBuf> = Vec::new();
        for entry in fs::read_dir(folder).map_err(unreadable)? {
            paths.push(entry.map_err(unreadable)?.path());
        }
        paths.sort();
        for path in paths {
            if self.client(&path).is_some_and(|kind| kind == Kind::Trace) {
                let lines = Lines::new(Text::open(&path)?);
                self.read_client(&path, lines)?;
            }
        }
        Ok(())
    }

    fn read_archive(&mut self, path: &Path) -> Result<(), TraceError> {
        let damaged =
            |_| nowhere(path, TraceDefect::Unreadable, format!("`{}` is a damaged archive", path.display()));
        let file = File::open(path).map_err(damaged)?;
        let mut archive = tar::Archive::new(MultiGzDecoder::new(BufReader::new(file)));
        for entry in archive.entries().map_err(damaged)? {
            let entry = entry.map_err(damaged)?;
            // The name is only looked at, and nothing is ever written.
            let name = entry.path().map_err(damaged)?.into_owned();
            if self.client(&name).is_some_and(|kind| kind == Kind::Trace) {
                let mut bytes = Vec::new();
                entry.take(LARGEST).read_to_end(&mut bytes).map_err(damaged)?;
                let name = path.join(name);
                let lines = Lines::new(Text::held(&name, bytes));
                self.read_client(&name, lines)?;
            }
        }
        Ok(())
    }

    /// Notes the client that a file belongs to, and tells which file it is.
    fn client(&mut self, path: &Path) -> Option<Kind> {
        let (id, kind) = told(path)?;
        let client = self.clients.entry(id.to_owned()).or_default();
        client.has_lengths |= kind == Kind::Dataset;
        Some(kind)
    }

    fn read_client(&mut self, path: &Path, mut lines: Lines) -> Result<(), TraceError> {
        let Some((id, _)) = told(path) else { return Ok(()) };
        let windows = &mut self.clients.entry(id.to_owned()).or_default().windows;
        let mut places = Vec::new();
        while lines.advance()? {
            let line = lines.text()?;
            let window = window(line, &mut places);
            let window = window.and_then(|window| match windows.last() {
                Some(last) if last.start_s >= window.start_s => {
                    Err((0, "is not later than the window before it".to_owned()))
                }
                _ => Ok(window),
            });
            match window {
                Ok(window) => windows.push(window),
                Err((column, what)) => {
                    let place = places.get(column).cloned();
                    let found = place.clone().and_then(|place| line.get(place)).unwrap_or_default();
                    let name = COLUMNS.get(column).copied().unwrap_or("the row");
                    let message = match column < COLUMNS.len() {
                        true => format!("{name} `{}` {what}", shortened(found)),
                        false => what,
                    };
                    return Err(lines.error(TraceDefect::Row, place, message));
                }
            }
        }
        Ok(())
    }
}

/// A file of a client.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Trace,
    Dataset,
}

/// The client's id and the kind of a file, by its name.
fn told(path: &Path) -> Option<(&str, Kind)> {
    let name = path.file_name()?.to_str()?.strip_prefix("chunk-")?;
    let trace = name.strip_suffix("-trace.csv").map(|id| (id, Kind::Trace));
    trace.or_else(|| name.strip_suffix("-dataset.json").map(|id| (id, Kind::Dataset)))
}

const COLUMNS: [&str; 6] = ["the start", "the rate", "the CV", "the distribution", "the shape", "the scale"];

/// The window of a line, or the column that is wrong, beyond all columns for the whole line.
fn window(line: &str, places: &mut Vec<std::ops::Range<usize>>) -> Result<ServegenWindow, (usize, String)> {
    let whole = |what: &str| (COLUMNS.len(), what.to_owned());
    fields(line, places).map_err(|_| whole("a quotation mark is not closed"))?;
    let values: Vec<&str> = places.iter().filter_map(|place| line.get(place.clone())).collect();
    // Where nothing was fitted, some rows end after the empty distribution.
    let (start, rate, cv, process, shape, scale) = match values.as_slice() {
        [start, rate, cv, process, shape, scale] => (start, rate, cv, process, *shape, *scale),
        [start, rate, cv, process] if process.is_empty() => (start, rate, cv, process, "0", "0"),
        _ => return Err(whole("a window has 6 fields: start, rate, CV, distribution, shape, scale")),
    };
    let number = |column: usize, text: &str| match text.parse::<f64>() {
        Ok(value) if (0.0..=1e15).contains(&value) => Ok(value),
        _ => Err((column, "is no number that is not negative".to_owned())),
    };
    let start_s = number(0, start)?;
    if start_s.fract() > 0.0 {
        return Err((0, "is no whole number of seconds".to_owned()));
    }
    let process = match *process {
        "Gamma" => Some(ServegenProcess::Gamma),
        "Weibull" => Some(ServegenProcess::Weibull),
        "" => None,
        _ => return Err((3, "is neither `Gamma` nor `Weibull` nor empty".to_owned())),
    };
    number(4, shape)?;
    number(5, scale)?;
    Ok(ServegenWindow { start_s: start_s as u64, rate: number(1, rate)?, cv: number(2, cv)?, process })
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: &str = "0,0.5,1.5,Gamma,0.4,4.5\n600,1.5,2.5,Weibull,0.6,0.4\n";
    const SECOND: &str = "0,0,0,\n600,2,1,Gamma,1,0.5\n";

    fn read(first: &str) -> Result<ServegenClients, TraceError> {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in [
            ("chunk-0-trace.csv", first),
            ("chunk-17-trace.csv", SECOND),
            ("chunk-17-dataset.json", "{}"),
            ("x", ""),
        ] {
            fs::write(folder.path().join(name), text).unwrap();
        }
        assert!(ServegenClients::are_at(folder.path()));
        let from_folder = ServegenClients::read(folder.path());
        let packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        let mut archive = tar::Builder::new(packed);
        archive.append_dir_all("set", folder.path()).unwrap();
        let file = folder.path().join("set.tar.gz");
        fs::write(&file, archive.into_inner().unwrap().finish().unwrap()).unwrap();
        assert!(ServegenClients::are_at(&file));
        assert_eq!(ServegenClients::read(&file).ok(), from_folder.as_ref().ok().cloned());
        from_folder
    }

    #[test]
    fn clients_have_windows_and_some_have_lengths() {
        let set = read(FIRST).unwrap();
        let clients: Vec<_> = set.clients().collect();
        assert_eq!((clients[0].0, clients[1].0, clients.len()), ("0", "17", 2));
        assert_eq!((clients[0].1.has_lengths, clients[1].1.has_lengths), (false, true));
        let process = Some(ServegenProcess::Weibull);
        assert_eq!(clients[0].1.windows[1], ServegenWindow { start_s: 600, rate: 1.5, cv: 2.5, process });
        assert_eq!(clients[1].1.windows[0].process, None);
        assert_eq!(set.rates().into_iter().collect::<Vec<_>>(), [(0, 0.5), (600, 3.5)]);
        assert_eq!(set.window_s(), 600);
    }

    #[test]
    fn mistakes_have_their_place() {
        let wrong = |from: &str, to: &str| read(&FIRST.replace(from, to)).unwrap_err().to_string();
        assert!(wrong("Weibull", "weibull").contains(":2:13: the distribution `weibull` is neither"));
        assert!(wrong("1.5,2.5", "-1.5,2.5").contains(":2:5: the rate `-1.5` is no number"));
        assert!(wrong("600", "0").contains(":2:1: the start `0` is not later"));
        assert!(wrong(",0.6,0.4", "").contains(":2:1: a window has 6 fields"));
        let empty = tempfile::tempdir().unwrap();
        assert!(
            ServegenClients::read(empty.path()).is_err_and(|error| error.message.contains("has no file"))
        );
        assert!(!ServegenClients::are_at(&empty.path().join("none")));
    }
}
