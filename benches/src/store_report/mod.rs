//! The store at size: PostgreSQL beside its own `\copy`, each lock beside its absence, each plan beside the other, and the
//! embedded backend beside PostgreSQL. One run on one throw-away cluster; the method is in the README.
#![allow(
    clippy::disallowed_methods,
    reason = "a measurement reads the clock; which Citus cluster there is says whoever runs it"
)]

mod backends;
mod citus;
mod cluster;
mod commits;
mod dashboard;
mod ingest;
mod locks;
mod machine;
mod measure;
mod place;
mod probe;
mod section;

use std::path::PathBuf;

use section::Section;

/// What can go wrong.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// How large, and where.
#[derive(Debug, Clone)]
pub struct Size {
    /// Commits in the database that is read.
    pub facts: usize,
    /// Workspaces that they belong to, as many to each.
    pub workspaces: usize,
    /// How often each side is timed.
    pub rounds: usize,
    /// Below which folder the cluster and the files are made.
    pub folder: PathBuf,
}

impl Size {
    /// Commits of one workspace, and of one round of ingest.
    #[must_use]
    pub fn of_workspace(&self) -> usize {
        self.facts.div_ceil(self.workspaces.max(1)).max(1)
    }
}

/// Measures everything and answers the section for RESULTS.md.
///
/// # Errors
/// When there is no PostgreSQL, or one of the sides fails.
pub async fn run(size: &Size) -> Result<String, Failure> {
    let cluster = cluster::Cluster::start(&size.folder)?;
    let mut section = Section::begin(size, &machine::described(&cluster).await?);
    let rates = ingest::measure(&cluster, size, &mut section).await?;
    backends::measure(&cluster, size, &rates, &mut section).await?;
    let filled = commits::fill(&cluster, size, &mut section).await?;
    locks::measure(&filled, size, &mut section).await?;
    dashboard::measure(&filled, size, &mut section).await?;
    citus::measure(&mut section).await?;
    Ok(section.finish())
}
