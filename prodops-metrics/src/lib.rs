#![doc = include_str!("../README.md")]

pub mod activity;
pub mod breakdown;
pub mod bucket;
pub mod complexity;
pub mod coverage;
pub mod definition;
pub mod delivery;
pub mod duplicates;
pub mod exclusion;
pub mod facts;
pub mod flow;
mod history;
pub mod investment;
pub mod knowledge;
pub mod ownership;
pub mod privacy;
pub mod registry;
pub mod report;
pub mod result;
pub mod review;
pub mod rework;
pub mod series;
pub mod statistic;
pub mod survival;
pub mod sustainability;
pub mod value;
pub mod volume;
pub mod window;

pub use definition::{Definition, DefinitionKey};
pub use facts::{FactSet, Scope};
pub use privacy::Audience;
pub use registry::{DEFINITIONS, FILE_DEFINITIONS, definition};
pub use report::{Report, ReportOptions, report};
pub use result::{MetricResult, MetricView, Reading, Unknown};
pub use value::MetricValue;
pub use window::{Preset, Window, WindowError, time_zone};
