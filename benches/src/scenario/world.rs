//! Random entities in Cedar's JSON form, and requests about them.

use std::fmt::Write;

/// Numbers by chance, the same for the same seed.
#[derive(Debug, Clone)]
pub struct Chance(u64);

impl Chance {
    /// Begins with a seed.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number below another one.
    pub fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or(0) % limit.max(1)
    }

    /// True in so many of a hundred cases.
    pub fn percent(&mut self, cases: usize) -> bool {
        self.below(100) < cases
    }

    /// Some of the numbers below a limit, each with so many chances in a hundred.
    pub fn some(&mut self, limit: usize, cases: usize) -> Vec<usize> {
        (0..limit).filter(|_| self.percent(cases)).collect()
    }
}

/// Entities and requests.
#[derive(Debug, Clone, Default)]
pub struct World {
    entities: Vec<String>,
    /// Principal, action and resource of each request, in the Cedar language.
    pub requests: Vec<[String; 3]>,
}

impl World {
    /// The entities as one JSON text.
    #[must_use]
    pub fn entities(&self) -> String {
        format!("[{}]", self.entities.join(","))
    }

    /// Adds an entity: type and number, attributes as JSON values, and what it is below.
    pub(super) fn add(
        &mut self,
        (ty, number): (&str, usize),
        attributes: &[(&str, String)],
        parents: &[String],
    ) {
        let mut attrs = String::new();
        for (name, value) in attributes {
            let comma = if attrs.is_empty() { "" } else { "," };
            // Writing into a text does not fail.
            let _ = write!(attrs, "{comma}\"{name}\":{value}");
        }
        let (uid, parents) = (uid(ty, number), parents.join(","));
        self.entities.push(format!("{{\"uid\":{uid},\"attrs\":{{{attrs}}},\"parents\":[{parents}]}}"));
    }

    /// Adds a request of a user.
    pub(super) fn ask(&mut self, user: usize, action: &str, (ty, resource): (&str, usize)) {
        let resource = format!("{ty}::\"{resource}\"");
        self.requests.push([format!("User::\"{user}\""), format!("Action::\"{action}\""), resource]);
    }
}

/// An entity's type and number as JSON.
pub(super) fn uid(ty: &str, number: usize) -> String {
    format!("{{\"type\":\"{ty}\",\"id\":\"{number}\"}}")
}

/// References as JSON attributes.
pub(super) fn reference(ty: &str, number: usize) -> String {
    format!("{{\"__entity\":{}}}", uid(ty, number))
}

/// Sets of references as JSON attributes.
pub(super) fn references(ty: &str, numbers: &[usize]) -> String {
    let all: Vec<String> = numbers.iter().map(|&number| reference(ty, number)).collect();
    format!("[{}]", all.join(","))
}

/// Entities of one type as parents.
pub(super) fn parents(ty: &str, numbers: &[usize]) -> Vec<String> {
    numbers.iter().map(|&number| uid(ty, number)).collect()
}
