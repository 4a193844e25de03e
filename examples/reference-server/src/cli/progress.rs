//! Progress bars in the terminal; nothing where stderr is no terminal.

use std::path::Path;

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use prodops::connectors::contract::{Progress, ProgressEvent};

/// The bars of a command.
#[derive(Default)]
pub(super) struct Bars(MultiProgress);

impl Bars {
    /// A bar for one repository.
    pub(super) fn add(&self, path: &Path) -> Bar {
        let bar = self.0.add(ProgressBar::no_length());
        let form = "{spinner} {prefix}  {wide_bar}  {human_pos} of {human_len} commits  {elapsed}";
        if let Ok(style) = ProgressStyle::with_template(form) {
            bar.set_style(style);
        }
        let real = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        let name = real.file_name().map(|name| name.to_string_lossy().escape_debug().to_string());
        bar.set_prefix(name.unwrap_or_default());
        Bar(bar)
    }
}

/// One bar.
pub(super) struct Bar(ProgressBar);

impl Progress for Bar {
    fn report(&self, event: ProgressEvent<'_>) {
        if let Some(total) = event.estimate {
            self.0.set_length(total);
            self.0.set_position(event.done);
        }
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
