//! The pages: plain view models in, HTML text out. No engine, no store, no clock.
//!
//! - [`view`] holds what a page shows, [`page`] one function per page, [`chart`] the server-rendered SVG charts.
//! - [`number`] turns amounts into text; what is not known is said to be unknown, and never shown as 0.
//! - [`route`] is the one place that knows addresses; [`asset`] holds the style sheet, the script and the matching
//!   content security policy: no page has an inline style or script, and every page works without the script.
//!
//! Everything from outside (names of repositories, branches, workspaces) travels as [`Label`], is escaped by the
//! templates and isolated from the direction of the text around it.

pub mod asset;
pub mod chart;
mod error;
mod label;
mod markup;
pub mod number;
pub mod page;
pub mod palette;
#[cfg(test)]
mod preview;
pub mod route;
pub mod view;

pub use error::RenderError;
pub use label::Label;
pub use markup::Markup;
