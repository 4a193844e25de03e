//! What `serve` is told: a file, overridden by the environment. The one place that reads either.

mod ai;
mod login;
mod policies;
mod retention;
mod secret_file;
mod store;

use std::ffi::OsString;
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::http::HeaderName;
use figment::Figment;
use figment::providers::{Env, Format, Toml};
use prodops::connectors::http::egress::{Roots as Authorities, RootsError};
use prodops::core::clock::SystemClock;
use prodops::core::entropy::{Entropy, SystemEntropy};
use prodops::core::environment::Environment;
use prodops::core::input::{WorkspaceName, WorkspaceSlug};
use prodops::core::keyring::{KeyFileError, KeySource, LocalRoot, Roots};
use prodops::core::secret::Secret;
use prodops::core::session::csrf::OriginError;
use prodops::core::tenancy::Role;
use prodops::core::time::Timestamp;
use prodops::engine::{DeletionPlan, Engine, EngineBuilder, PlanError};
use prodops::web::Site;
use serde::Deserialize;

pub use ai::{AiApi, AiConfig, AiConfigError, cost};
pub use login::{LoginConfig, LoginConfigError, PURPOSE as LOGIN_PURPOSE};
pub use policies::{PolicyFolder, PolicyFolderError};
pub use retention::{BackupConfig, DeletionConfig};
pub use secret_file::{SecretFileError, SecretReference};
pub use store::{DatabaseConfig, MigrateError, StoreConfig, StoreConfigError};

/// Seconds in a minute.
const MINUTE: NonZeroU32 = NonZeroU32::MIN.saturating_add(59);

/// The configuration of `serve`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Which deployment this is; stored data of another environment is refused.
    pub environment: Environment,
    /// Where to listen. Anything but a loopback address is refused: put a proxy that speaks TLS in front.
    #[serde(default = "loopback")]
    pub listen: SocketAddr,
    /// The https origin at which a proxy in front offers the server, such as `https://prodops.example.org`. Without it,
    /// only browsers on the same machine can sign in.
    #[serde(default)]
    pub origin: Option<String>,
    /// The header in which that proxy writes the client's address, such as `x-forwarded-for`; its last value counts. Without
    /// it, the audit log knows the network of the peer only, which is the proxy's.
    #[serde(default, rename = "client-address")]
    pub client_address: Option<String>,
    /// The identity provider at which people sign in. Without it they come by one-time links only.
    #[serde(default)]
    pub login: Option<LoginConfig>,
    /// Where derived data is kept: the path of a file, or a database.
    pub store: StoreConfig,
    /// Where the root keys are that it is sealed under. Every one of them opens everything.
    #[serde(rename = "root-keys")]
    pub root_keys: Vec<KeyReference>,
    /// The file of the wrapped keys; beside a store in a file, with `.keyring` behind its name, unless given.
    #[serde(default)]
    pub keyring: Option<PathBuf>,
    /// Where and when backups are made; none without it.
    #[serde(default)]
    pub backup: Option<BackupConfig>,
    /// How long a deletion takes: 7 days of grace, 1 for the purge, 20 until the last backup is gone, unless given.
    #[serde(default)]
    pub deletion: Option<DeletionConfig>,
    /// The AI providers that workspaces may choose from; none without it.
    #[serde(default)]
    pub ai: Vec<AiConfig>,
    /// The folder whose `.cedar` files are the policies; those that ProdOps ships unless given. SIGHUP reads it again.
    #[serde(default)]
    pub policies: Option<PathBuf>,
    /// Minutes between two reads of a connection.
    #[serde(default = "quarter_of_an_hour", rename = "sync-minutes")]
    pub sync_minutes: NonZeroU32,
    /// The workspaces that there are, and what each reads.
    #[serde(default, rename = "workspace")]
    pub workspaces: Vec<WorkspaceConfig>,
}

/// One workspace.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorkspaceConfig {
    /// Its name in URLs.
    pub slug: WorkspaceSlug,
    /// Its name for people.
    pub name: WorkspaceName,
    /// Paths of git repositories on this machine.
    #[serde(default)]
    pub repositories: Vec<PathBuf>,
    /// Who belongs to it, of those who sign in at the identity provider. Whoever is not named by any workspace is not let in.
    #[serde(default)]
    pub members: Vec<MemberConfig>,
}

/// Somebody who signs in at the identity provider.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MemberConfig {
    /// Who, as the provider's `sub` claim has it. The page that strangers get shows them theirs.
    pub subject: String,
    /// What they may do.
    pub role: Role,
    /// Until when, as RFC 3339 text; without an end when left out. Those with the role `support` need one.
    pub until: Option<Timestamp>,
    /// Keeps somebody out who was a member. Taking their line away would leave them one.
    #[serde(default)]
    pub suspended: bool,
}

/// Where a root key is kept: `file:PATH`, `credential:NAME` (of the systemd service) or, for development, `variable:NAME`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum KeyReference {
    /// A file that only its owner can read.
    File(PathBuf),
    /// A credential that systemd gave the service.
    Credential(String),
    /// An environment variable.
    Variable(String),
}

impl TryFrom<String> for KeyReference {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        match text.split_once(':') {
            Some(("file", path)) if !path.is_empty() => Ok(Self::File(path.into())),
            Some(("credential", name)) if !name.is_empty() => Ok(Self::Credential(name.to_owned())),
            Some(("variable", name)) if !name.is_empty() => Ok(Self::Variable(name.to_owned())),
            _ => Err("a root key is `file:PATH`, `credential:NAME` or `variable:NAME`"),
        }
    }
}

impl KeyReference {
    /// The place that it names.
    fn source(&self, environment: Environment) -> Result<KeySource, ConfigError> {
        let variable = |name: &str| variable(name).ok_or_else(|| ConfigError::Unset(name.to_owned()));
        match self {
            Self::File(path) => Ok(KeySource::File(path.clone())),
            Self::Credential(name) => {
                let folder = variable("CREDENTIALS_DIRECTORY")?.into();
                Ok(KeySource::Credential { folder, name: name.clone() })
            }
            Self::Variable(name) if environment != Environment::Development => {
                Err(ConfigError::KeyInVariable(name.clone()))
            }
            Self::Variable(name) => {
                let value = Secret::new(variable(name)?.to_string_lossy().into_owned());
                Ok(KeySource::Variable { name: name.clone(), value })
            }
        }
    }
}

/// The one place that reads a variable of the environment by its name.
#[allow(clippy::disallowed_methods, reason = "the one place that reads configuration from the environment")]
fn variable(name: &str) -> Option<OsString> {
    std::env::var_os(name)
}

const fn quarter_of_an_hour() -> NonZeroU32 {
    NonZeroU32::MIN.saturating_add(14)
}

fn loopback() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 8420))
}

/// The configuration cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// There is no such file.
    #[error("no configuration at {0}: see `reference-server serve --help` for an example")]
    Missing(PathBuf),
    /// A value is missing or makes no sense.
    #[error("{0}")]
    Invalid(Box<figment::Error>),
    /// A root key in a variable can be read by other processes of the same user.
    #[error(
        "refusing to take a root key from the variable {0} outside development: use `file:` or `credential:`"
    )]
    KeyInVariable(String),
    /// A variable that the configuration names is not set.
    #[error("the variable {0} is not set: a root key is to come from there")]
    Unset(String),
    /// There is no root key.
    #[error(
        "no root key: make one with `reference-server vault new-key FILE`, and set root-keys = [\"file:FILE\"]"
    )]
    NoRootKey,
    /// A root key cannot be had from where it was said to be.
    #[error(transparent)]
    Key(#[from] KeyFileError),
    /// The origin is none that browsers could come from by https.
    #[error("`origin`: {0}")]
    Origin(OriginError),
    /// No header has this name.
    #[error("`client-address` is not the name of a header: write `x-forwarded-for`, or what your proxy sets")]
    ClientAddress,
    /// There is no proxy that could set the header.
    #[error("`client-address` needs `origin`: without a proxy in front, anybody could write that header")]
    ClientAddressWithoutProxy,
    /// People are named who could not sign in.
    #[error(
        "`members` of workspace {0} need `[login]`: there is no identity provider at which they could sign in"
    )]
    MembersWithoutLogin(WorkspaceSlug),
    /// Deletion would take too long.
    #[error("`[deletion]`: {0}")]
    Deletion(PlanError),
    /// Who finds one would have both.
    #[error(
        "`[backup]`: `keys-folder` must be outside `folder`, best on another disk: together they are the data"
    )]
    KeysBesideData,
    /// The policies cannot be used.
    #[error("`policies`: {0}")]
    Policies(#[from] PolicyFolderError),
    /// The store cannot be used.
    #[error("`[store]`: {0}")]
    Store(#[from] StoreConfigError),
    /// The login cannot be set up.
    #[error("`[login]`: {0}")]
    Login(#[from] LoginConfigError),
    /// An AI provider cannot be used.
    #[error("`[[ai]]` number {number}: {reason}")]
    Ai {
        /// Its place in the file.
        number: usize,
        /// Why.
        reason: AiConfigError,
    },
    /// There are no certificate authorities to know providers by.
    #[error("`[[ai]]`: {0}")]
    Roots(#[from] RootsError),
    /// Listening there would offer plain http to the network.
    #[error("refusing to listen on {0}: only loopback addresses, with a TLS proxy in front")]
    NotLoopback(SocketAddr),
}

impl Config {
    /// Reads the file, then `PRODOPS_ENVIRONMENT`, `PRODOPS_LISTEN`, `PRODOPS_ORIGIN` and `PRODOPS_STORE`.
    ///
    /// # Errors
    /// With the file, the field and the reason in one line.
    pub fn load(path: &Path) -> Result<Self, ConfigError> {
        if !path.is_file() {
            return Err(ConfigError::Missing(path.to_owned()));
        }
        let figment = Figment::new().merge(Toml::file_exact(path)).merge(Env::prefixed("PRODOPS_").only(&[
            "environment",
            "listen",
            "origin",
            "store",
        ]));
        let config: Self = figment.extract().map_err(|error| ConfigError::Invalid(Box::new(error)))?;
        if config.root_keys.is_empty() {
            return Err(ConfigError::NoRootKey);
        }
        if !config.listen.ip().is_loopback() {
            return Err(ConfigError::NotLoopback(config.listen));
        }
        config.site()?;
        config.check_login()?;
        for (place, ai) in config.ai.iter().enumerate() {
            ai.check().map_err(|reason| ConfigError::Ai { number: place + 1, reason })?;
        }
        let backup_days = config.deletion_plan()?.backup_days();
        config.store.check(config.keyring.is_some(), backup_days)?;
        if config.backup.as_ref().is_some_and(|backup| !backup.keeps_keys_apart()) {
            return Err(ConfigError::KeysBesideData);
        }
        Ok(config)
    }

    fn deletion_plan(&self) -> Result<DeletionPlan, ConfigError> {
        self.deletion.map_or(Ok(DeletionPlan::default()), DeletionConfig::plan).map_err(ConfigError::Deletion)
    }

    fn check_login(&self) -> Result<(), ConfigError> {
        match &self.login {
            Some(login) => {
                login.destinations()?;
                login.settings("http://localhost/login/callback")?;
            }
            None => {
                if let Some(odd) = self.workspaces.iter().find(|workspace| !workspace.members.is_empty()) {
                    return Err(ConfigError::MembersWithoutLogin(odd.slug.clone()));
                }
            }
        }
        Ok(())
    }

    /// An engine over the store, the keys and the policies that the configuration names, without connectors.
    ///
    /// # Errors
    /// As [`Config::roots`], and when the policies cannot be used.
    pub fn engine(&self) -> Result<EngineBuilder, ConfigError> {
        let builder = Engine::builder(self.environment)
            .root_keys(self.roots(&(Arc::new(SystemEntropy) as Arc<dyn Entropy>))?)
            .sync_interval(self.sync_minutes.saturating_mul(MINUTE))
            .deletion_plan(self.deletion_plan()?);
        let builder = match &self.policies {
            Some(folder) => builder.policy(PolicyFolder::read(folder)?.load()?),
            None => builder,
        };
        let builder = self.store.place(builder)?;
        let builder = match &self.backup {
            Some(backup) => builder.backups(backup.plan()),
            None => builder,
        };
        Ok(match &self.keyring {
            Some(keyring) => builder.keyring_file(keyring.clone()),
            None => builder,
        })
    }

    /// The same engine with the AI providers, whose keys are read from where the configuration says.
    ///
    /// # Errors
    /// With the provider that cannot be used, and why.
    pub fn with_ai(&self, mut builder: EngineBuilder) -> Result<EngineBuilder, ConfigError> {
        if self.ai.is_empty() {
            return Ok(builder);
        }
        let (roots, clock) = (Authorities::system()?, Arc::new(SystemClock));
        for (place, ai) in self.ai.iter().enumerate() {
            let provider = ai.provider(roots.clone(), clock.clone());
            let number = place + 1;
            builder = builder.ai_provider(provider.map_err(|reason| ConfigError::Ai { number, reason })?);
        }
        Ok(builder)
    }

    /// The root keys, read from where the configuration says.
    ///
    /// # Errors
    /// With the key that cannot be had, why, and what to do.
    pub fn roots(&self, entropy: &Arc<dyn Entropy>) -> Result<Roots, ConfigError> {
        let mut roots: Option<Roots> = None;
        for reference in &self.root_keys {
            let root = LocalRoot::load(&reference.source(self.environment)?, Arc::clone(entropy))?;
            roots = Some(match roots {
                Some(roots) => roots.and(root),
                None => Roots::new(root),
            });
        }
        roots.ok_or(ConfigError::NoRootKey)
    }

    /// Where the server is reached.
    ///
    /// # Errors
    /// When the origin is none of https, or the header of client addresses cannot be believed.
    pub fn site(&self) -> Result<Site, ConfigError> {
        let site = match &self.origin {
            Some(origin) => origin.parse().and_then(Site::https).map_err(ConfigError::Origin)?,
            None if self.client_address.is_some() => return Err(ConfigError::ClientAddressWithoutProxy),
            None => Site::loopback(),
        };
        let Some(header) = &self.client_address else { return Ok(site) };
        let header: HeaderName = header.parse().map_err(|_| ConfigError::ClientAddress)?;
        Ok(site.client_address_in(header))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(text: &str) -> Result<Config, ConfigError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("prodops.toml");
        std::fs::write(&path, text).unwrap();
        Config::load(&path)
    }

    #[test]
    fn a_small_file_is_enough() {
        let config = load(
            "environment = \"staging\"\nstore = \"x.redb\"\nroot-keys = [\"file:k\"]\n[[workspace]]\nslug = \"a\"\nname = \"A\"\n",
        );
        let config = config.unwrap();
        assert_eq!(config.environment, Environment::Staging);
        assert!(config.listen.ip().is_loopback() && config.site().unwrap().origin().is_none());
        assert_eq!((config.workspaces[0].slug.as_str(), config.sync_minutes.get()), ("a", 15));
    }

    #[test]
    fn mistakes_are_named() {
        let open = load(
            "environment = \"staging\"\nstore = \"x\"\nroot-keys = [\"file:k\"]\nlisten = \"0.0.0.0:80\"\n",
        )
        .unwrap_err();
        assert!(open.to_string().contains("only loopback"), "{open}");
        let typo = load("environment = \"staging\"\nstroe = \"x\"\n").unwrap_err().to_string();
        assert!(typo.contains("stroe"), "{typo}");
        let none =
            load("environment = \"staging\"\nstore = \"x\"\nroot-keys = []\n").unwrap_err().to_string();
        assert!(none.contains("vault new-key"), "{none}");
        let odd =
            load("environment = \"staging\"\nstore = \"x\"\nroot-keys = [\"k\"]\n").unwrap_err().to_string();
        assert!(odd.contains("`file:PATH`"), "{odd}");
        let plain = load(
            "environment = \"staging\"\nstore = \"x\"\nroot-keys = [\"file:k\"]\norigin = \"http://prodops.example.org\"\n",
        );
        assert!(plain.unwrap_err().to_string().starts_with("`origin`: not an origin: expected https://host"));
        let slug = load(
            "environment = \"test\"\nstore = \"x\"\nroot-keys = [\"file:k\"]\n[[workspace]]\nslug = \"A b\"\nname = \"A\"\n",
        );
        assert!(slug.unwrap_err().to_string().contains("workspace slug must be"));
        assert!(matches!(Config::load(Path::new("nowhere.toml")), Err(ConfigError::Missing(_))));
    }

    #[test]
    fn mistakes_about_signing_in_are_named() {
        let base = "environment = \"staging\"\nstore = \"x\"\nroot-keys = [\"file:k\"]\n";
        for (text, said) in [
            ("client-address = \"x-forwarded-for\"", "`client-address` needs `origin`"),
            ("origin = \"https://p.example.org\"\nclient-address = \"a b\"", "not the name of a header"),
            (
                "[login]\nissuer = \"http://id.example.org\"\nclient-id = \"p\"",
                "`[login]`: `issuer`: plain http is for a provider on this machine only",
            ),
            ("[login]\nissuer = \"https://id.example.org\"\nclient-id = \"\"", "the client id"),
            (
                "[login]\nissuer = \"https://id.example.org\"\nclient-id = \"p\"\nclient-secret = \"x\"",
                "never as itself",
            ),
            (
                "[[workspace]]\nslug = \"a\"\nname = \"A\"\nmembers = [{ subject = \"s\", role = \"admin\" }]",
                "`members` of workspace a need `[login]`",
            ),
        ] {
            let error = load(&format!("{base}{text}\n")).unwrap_err().to_string();
            assert!(error.contains(said), "{text}: {error}");
        }
        let whole = load(&format!(
            "{base}origin = \"https://p.example.org\"\nclient-address = \"x-forwarded-for\"\n[login]\n\
             issuer = \"https://id.example.org\"\nclient-id = \"p\"\nclient-secret = \"credential:client\"\n\
             max-age = 3600\n[[workspace]]\nslug = \"a\"\nname = \"A\"\n\
             members = [{{ subject = \"s\", role = \"admin\" }}, {{ subject = \"t\", role = \"viewer\", suspended = true }}]\n"
        ));
        let whole = whole.unwrap();
        assert_eq!(whole.workspaces[0].members[0].role, Role::Admin);
        assert!(whole.workspaces[0].members[1].suspended && whole.login.is_some());
    }

    #[test]
    fn mistakes_about_backups_and_deletion_are_named() {
        let base = "environment = \"staging\"\nstore = \"x\"\nroot-keys = [\"file:k\"]\n";
        for (text, said) in [
            ("[deletion]\ngrace-days = 10", "`[deletion]`: deletion would take 31 days"),
            (
                "[backup]\nfolder = \"/b\"\nkeys-folder = \"/b/keys\"",
                "`keys-folder` must be outside `folder`",
            ),
            ("[backup]\nevery-hours = 3", "missing field `folder`"),
        ] {
            let error = load(&format!("{base}{text}\n")).unwrap_err().to_string();
            assert!(error.contains(said), "{text}: {error}");
        }
        let whole = load(&format!("{base}[backup]\nfolder = \"/b\"\n[deletion]\ngrace-days = 3\n")).unwrap();
        let backup = whole.backup.unwrap();
        assert_eq!((backup.every_hours, backup.keep_days), (24, 20));
    }

    #[test]
    fn a_root_key_in_a_variable_is_for_development_only() {
        let text = |environment: &str| {
            format!(
                "environment = \"{environment}\"\nstore = \"x\"\nroot-keys = [\"variable:PRODOPS_NO_SUCH_KEY\"]\n"
            )
        };
        let entropy: Arc<dyn Entropy> = Arc::new(SystemEntropy);
        let refused = load(&text("production")).unwrap().roots(&entropy).unwrap_err();
        assert!(refused.to_string().contains("outside development"), "{refused}");
        let unset = load(&text("development")).unwrap().roots(&entropy).unwrap_err();
        assert!(unset.to_string().contains("is not set"), "{unset}");
    }
}
