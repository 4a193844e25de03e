//! Opens what an engine stands on: the keyring, the store, the ledger of deletions.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use prodops_core::clock::Clock;
use prodops_core::entropy::Entropy;
use prodops_core::environment::Environment;
use prodops_core::keyring::{
    ExistingData, Keyring, KeyringError, KeyringParts, KeyringStore, LocalRoot, MemoryKeyring, NoRowKeys,
    Roots, RowKeySource, Sealed,
};
use prodops_store::StoreError;
use prodops_store::backend::Backend;
use prodops_store::embedded::Embedded;
use prodops_store::keyring::FileKeyring;
use prodops_store::ledger::Ledger;
#[cfg(feature = "postgres")]
use prodops_store::postgres::{Database, PostgresConfig, PostgresKeyring, Separation};

use super::builder::BuildError;
use super::lifecycle::KeyCopies;

/// Where an engine keeps what it derives.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum StoreLocation {
    /// In memory, gone with the process.
    Memory,
    /// In one file that this process owns. Its values are sealed: [`root_keys`](super::EngineBuilder::root_keys) says under
    /// what.
    File(PathBuf),
    /// In a PostgreSQL database, which several processes may share, by an address or by a pool that is there already. It must
    /// have been migrated, and keep the rules of [`Posture`](prodops_store::postgres::Posture). The keyring lies elsewhere:
    /// [`keyring_database`](super::EngineBuilder::keyring_database).
    #[cfg(feature = "postgres")]
    Postgres(PostgresConfig),
}

#[cfg(feature = "ai")]
impl StoreLocation {
    /// Whether other processes may have it open as well.
    pub(super) const fn is_shared(&self) -> bool {
        match self {
            Self::Memory | Self::File(_) => false,
            #[cfg(feature = "postgres")]
            Self::Postgres(_) => true,
        }
    }
}

/// Where wrapped keys are kept, and the ledger of deletions beside them.
#[derive(Debug, Clone)]
pub(super) enum KeyringLocation {
    File(PathBuf),
    #[cfg(feature = "postgres")]
    Postgres(PostgresConfig),
}

/// What is to be opened.
pub(super) struct Opening<'a> {
    pub(super) environment: Environment,
    pub(super) store: &'a StoreLocation,
    /// Beside the store unless said otherwise.
    pub(super) keyring: Option<&'a KeyringLocation>,
    pub(super) roots: Option<&'a Roots>,
    pub(super) clock: &'a Arc<dyn Clock>,
    pub(super) entropy: &'a Arc<dyn Entropy>,
}

/// What an engine stands on.
pub(super) struct Foundation {
    /// The keys, or why there is no access to them.
    pub(super) keyring: Result<Keyring, Sealed>,
    /// The store; without keys one that says so, while what is kept is left as it is.
    pub(super) backend: Arc<dyn Backend>,
    /// `None` without keys.
    pub(super) ledger: Option<Ledger>,
    pub(super) key_copies: KeyCopies,
}

/// A keyring that was reached and not opened yet.
struct Reached {
    store: Arc<dyn KeyringStore>,
    ledger: LedgerLocation,
    copies: KeyCopies,
}

enum LedgerLocation {
    Memory,
    File(PathBuf),
    #[cfg(feature = "postgres")]
    Postgres(PostgresKeyring),
}

impl Opening<'_> {
    pub(super) async fn open(self) -> Result<Foundation, BuildError> {
        match self.store {
            StoreLocation::Memory => self.open_memory().await,
            StoreLocation::File(path) => self.open_file(path).await,
            #[cfg(feature = "postgres")]
            StoreLocation::Postgres(config) => self.open_postgres(config).await,
        }
    }

    async fn open_memory(&self) -> Result<Foundation, BuildError> {
        let roots = match self.roots {
            Some(roots) => roots.clone(),
            None => Roots::new(LocalRoot::ephemeral(Arc::clone(self.entropy))?),
        };
        let reached = Reached {
            store: Arc::new(MemoryKeyring::default()),
            ledger: LedgerLocation::Memory,
            copies: KeyCopies::none(),
        };
        let open = async |keys| Embedded::memory(self.environment, keys).map(shared);
        self.found(reached, roots, ExistingData::Absent, open).await
    }

    async fn open_file(&self, path: &Path) -> Result<Foundation, BuildError> {
        let beside = KeyringLocation::File(FileKeyring::beside(path));
        let data = existing_data(path)?;
        let reached = self.reach(self.keyring.unwrap_or(&beside)).await?;
        let open = async |keys| Embedded::open(path, self.environment, keys).await.map(shared);
        self.found(reached, self.lasting_roots()?, data, open).await
    }

    #[cfg(feature = "postgres")]
    async fn open_postgres(&self, config: &PostgresConfig) -> Result<Foundation, BuildError> {
        let keyring = self.keyring.ok_or(BuildError::NoKeyring)?;
        let database = Database::reach(config, self.environment).await?;
        // Before a keyring is begun for it.
        database.demand(self.environment).await?;
        let data = match database.holds_data().await? {
            true => ExistingData::Present,
            false => ExistingData::Absent,
        };
        let reached = self.reach(keyring).await?;
        if let LedgerLocation::Postgres(keyring) = &reached.ledger
            && database.separation(keyring).await? == Separation::None
        {
            return Err(BuildError::KeyringBesideData);
        }
        let open = async |keys| database.open(self.environment, keys).await.map(shared);
        self.found(reached, self.lasting_roots()?, data, open).await
    }

    async fn reach(&self, location: &KeyringLocation) -> Result<Reached, BuildError> {
        match location {
            KeyringLocation::File(path) => {
                let ledger = Ledger::beside(path);
                Ok(Reached {
                    store: Arc::new(FileKeyring::open(path, self.environment)?),
                    copies: KeyCopies::of_files(vec![path.clone(), ledger.clone()]),
                    ledger: LedgerLocation::File(ledger),
                })
            }
            #[cfg(feature = "postgres")]
            KeyringLocation::Postgres(config) => {
                let keyring = PostgresKeyring::connect(config, self.environment).await?;
                Ok(Reached {
                    store: Arc::new(keyring.clone()),
                    copies: KeyCopies::of_database(keyring.clone(), self.environment),
                    ledger: LedgerLocation::Postgres(keyring),
                })
            }
        }
    }

    fn lasting_roots(&self) -> Result<Roots, BuildError> {
        self.roots.cloned().ok_or(BuildError::NoRootKey)
    }

    async fn found(
        &self,
        reached: Reached,
        roots: Roots,
        data: ExistingData,
        open: impl AsyncFnOnce(Arc<dyn RowKeySource>) -> Result<Arc<dyn Backend>, StoreError>,
    ) -> Result<Foundation, BuildError> {
        let Reached { store, ledger, copies: key_copies } = reached;
        let parts = KeyringParts {
            environment: self.environment,
            store,
            roots,
            clock: Arc::clone(self.clock),
            entropy: Arc::clone(self.entropy),
        };
        let keyring = match Keyring::open(parts, data).await {
            Ok(keyring) => keyring,
            Err(KeyringError::Sealed(reason)) => {
                let backend = Embedded::memory(self.environment, Arc::new(NoRowKeys(reason.clone())))?;
                let (backend, ledger) = (shared(backend), None);
                return Ok(Foundation { keyring: Err(reason), backend, ledger, key_copies });
            }
            Err(error) => return Err(BuildError::Keys(error)),
        };
        let backend = open(Arc::new(keyring.clone())).await?;
        let ledger = Some(self.ledger(ledger, &keyring).await?);
        Ok(Foundation { keyring: Ok(keyring), backend, ledger, key_copies })
    }

    async fn ledger(&self, location: LedgerLocation, keyring: &Keyring) -> Result<Ledger, BuildError> {
        let key = keyring.ledger_key().await.map_err(BuildError::Keys)?;
        Ok(match location {
            LedgerLocation::Memory => Ledger::memory(self.environment, key),
            LedgerLocation::File(path) => Ledger::file(&path, self.environment, key),
            #[cfg(feature = "postgres")]
            LedgerLocation::Postgres(keyring) => Ledger::at(keyring.ledger(), self.environment, key),
        })
    }
}

fn shared(backend: impl Backend + 'static) -> Arc<dyn Backend> {
    Arc::new(backend)
}

/// INVARIANT: a store that cannot be looked at, such as on a volume that is not mounted, counts as one that is there: no new
/// keyring is begun.
fn existing_data(store: &Path) -> Result<ExistingData, StoreError> {
    // Not of what a link leads to: a link that leads nowhere now may lead to data tomorrow.
    match std::fs::symlink_metadata(store) {
        Ok(_) => Ok(ExistingData::Present),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(ExistingData::Absent),
        Err(error) => Err(StoreError::Unavailable(Some(error))),
    }
}
