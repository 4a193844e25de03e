//! Random keys, places and secrets that are the same for the same seed.

use prodops_core::entropy::Entropy;
use prodops_core::environment::Environment;
use prodops_core::id::WorkspaceId;
use prodops_core::testing::SeededEntropy;
use prodops_core::vault::{Context, Purpose, VaultKey};

/// The purposes that a record can have.
pub(crate) const OF_RECORDS: [Purpose; 10] = [
    Purpose::Token,
    Purpose::WebhookSecret,
    Purpose::Session,
    Purpose::WrappedDataKey,
    Purpose::PersonalData,
    Purpose::KeyCheck,
    Purpose::IndexKey,
    Purpose::SigningKey,
    Purpose::SubjectKey,
    Purpose::BackupKey,
];

/// A context that owns its parts.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub(crate) environment: Environment,
    pub(crate) workspace: Option<WorkspaceId>,
    pub(crate) kind: String,
    pub(crate) record: [u8; 16],
    pub(crate) field: String,
    pub(crate) generation: u64,
}

impl Place {
    pub(crate) fn context(&self) -> Context<'_> {
        Context {
            environment: self.environment,
            workspace: self.workspace,
            kind: &self.kind,
            record: self.record,
            field: &self.field,
            generation: self.generation,
        }
    }
}

pub(crate) struct Draw(SeededEntropy);

impl Draw {
    pub(crate) fn new(seed: u64) -> Self {
        Self(SeededEntropy::new(seed))
    }

    pub(crate) fn entropy(&self) -> &SeededEntropy {
        &self.0
    }

    pub(crate) fn array<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.0.fill(&mut bytes).unwrap();
        bytes
    }

    pub(crate) fn below(&self, bound: usize) -> usize {
        usize::try_from(u64::from_le_bytes(self.array()) % u64::try_from(bound).unwrap()).unwrap()
    }

    pub(crate) fn one_in(&self, bound: usize) -> bool {
        self.below(bound) == 0
    }

    pub(crate) fn of<T: Copy>(&self, choices: &[T]) -> T {
        choices[self.below(choices.len())]
    }

    pub(crate) fn bytes(&self, length: usize) -> Vec<u8> {
        let mut bytes = vec![0; length];
        self.0.fill(&mut bytes).unwrap();
        bytes
    }

    /// Mostly short, now and then longer than a chunk, seldom of the greatest length.
    pub(crate) fn secret(&self, longest: usize) -> Vec<u8> {
        let bound = if self.one_in(20) { longest } else { longest.min(300) };
        self.bytes(if self.one_in(100) { longest } else { self.below(bound + 1) })
    }

    pub(crate) fn text(&self) -> String {
        (0..self.below(24)).map(|_| self.of(&['a', 'z', '_', '/', '\0', 'é', '漢', '🦀'])).collect()
    }

    pub(crate) fn place(&self) -> Place {
        use Environment::{Development, Production, Staging, Test};
        Place {
            environment: self.of(&[Development, Test, Staging, Production]),
            workspace: (!self.one_in(4)).then(|| WorkspaceId::from_bytes(self.array())),
            kind: self.text(),
            record: if self.one_in(4) { [0; 16] } else { self.array() },
            field: self.text(),
            generation: if self.one_in(2) { 0 } else { u64::from_le_bytes(self.array()) },
        }
    }

    pub(crate) fn key(&self) -> VaultKey {
        VaultKey::generate(&self.0).unwrap()
    }
}
