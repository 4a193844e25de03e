//! Who a provider is: purpose, region, terms, hosts, and what becomes of what it is sent.

use prodops_connectors::http::egress::Destination;

/// What an egress client of AI providers is for. Destinations declared for it come from [`ProviderEntry::destinations`].
pub const PURPOSE: &str = "activity labels by an AI provider";

/// Whether what is sent may be trained on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Training {
    /// Never, by the provider's terms.
    Never,
    /// It may, unless this condition holds. Somebody must say that it does.
    Unless(String),
}

/// Where what is sent is processed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Region {
    /// Wherever the provider likes.
    Any,
    /// A region that the operator chose there.
    Chosen(String),
    /// On this machine.
    ThisMachine,
}

/// An entry of the register of providers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderEntry {
    /// Its name, by which a workspace chooses it and the journal remembers it.
    pub name: String,
    /// Who is behind it.
    pub company: String,
    /// What it is given data for.
    pub purpose: &'static str,
    /// Where that happens.
    pub region: Region,
    /// Where its terms are.
    pub terms: String,
    /// What it keeps beside what can be deleted.
    pub retention: String,
    /// Whether it may train on it.
    pub training: Training,
    /// Everywhere it is reached, and nowhere else.
    pub destinations: Vec<Destination>,
}

impl ProviderEntry {
    /// Everything about it that a person should have read, a line each.
    #[must_use]
    pub fn describe(&self) -> Vec<String> {
        let region = match &self.region {
            Region::Any => "wherever the provider likes".to_owned(),
            Region::Chosen(region) => region.clone(),
            Region::ThisMachine => "on this machine".to_owned(),
        };
        let training = match &self.training {
            Training::Never => "never".to_owned(),
            Training::Unless(condition) => format!("possible, unless {condition}"),
        };
        let hosts: Vec<String> =
            self.destinations.iter().map(|one| format!("{}:{}", one.host(), one.port())).collect();
        vec![
            format!("{} ({})", self.name, self.company),
            format!("purpose: {}", self.purpose),
            format!("region: {region}"),
            format!("terms: {}", self.terms),
            format!("keeps: {}", self.retention),
            format!("training: {training}"),
            format!("hosts: {}", hosts.join(", ")),
        ]
    }
}
