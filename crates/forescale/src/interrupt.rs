//! Ctrl-C.

use crate::exit::Exit;
use std::sync::atomic::{AtomicBool, Ordering};

static WANTED: AtomicBool = AtomicBool::new(false);

/// From now on Ctrl-C asks for the end; a second one does not ask.
pub(crate) fn listen() {
    let heard = ctrlc::set_handler(|| {
        if WANTED.swap(true, Ordering::Relaxed) {
            std::process::exit(Exit::Interrupted as i32);
        }
    });
    // Where it cannot be caught, it ends the process as it always does.
    heard.unwrap_or_default();
}

/// Whether somebody asked for the end.
pub(crate) fn is_wanted() -> bool {
    WANTED.load(Ordering::Relaxed)
}
