//! What `serve` is told: a file, overridden by the environment. The one place that reads either.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use figment::Figment;
use figment::providers::{Env, Format, Toml};
use prodops::core::environment::Environment;
use prodops::core::input::{WorkspaceName, WorkspaceSlug};
use serde::Deserialize;

/// The configuration of `serve`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Which deployment this is; stored data of another environment is refused.
    pub environment: Environment,
    /// Where to listen. Anything but a loopback address is refused: put a proxy that speaks TLS in front.
    #[serde(default = "loopback")]
    pub listen: SocketAddr,
    /// The file that derived data is kept in.
    pub store: PathBuf,
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
    /// Listening there would offer plain http to the network.
    #[error("refusing to listen on {0}: only loopback addresses, with a TLS proxy in front")]
    NotLoopback(SocketAddr),
}

impl Config {
    /// Reads the file, then `PRODOPS_ENVIRONMENT`, `PRODOPS_LISTEN` and `PRODOPS_STORE`.
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
            "store",
        ]));
        let config: Self = figment.extract().map_err(|error| ConfigError::Invalid(Box::new(error)))?;
        if !config.listen.ip().is_loopback() {
            return Err(ConfigError::NotLoopback(config.listen));
        }
        Ok(config)
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
            "environment = \"staging\"\nstore = \"x.redb\"\n[[workspace]]\nslug = \"a\"\nname = \"A\"\n",
        );
        let config = config.unwrap();
        assert_eq!(config.environment, Environment::Staging);
        assert!(config.listen.ip().is_loopback());
        assert_eq!(config.workspaces[0].slug.as_str(), "a");
    }

    #[test]
    fn mistakes_are_named() {
        let open = load("environment = \"staging\"\nstore = \"x\"\nlisten = \"0.0.0.0:80\"\n").unwrap_err();
        assert!(open.to_string().contains("only loopback"), "{open}");
        let typo = load("environment = \"staging\"\nstroe = \"x\"\n").unwrap_err().to_string();
        assert!(typo.contains("stroe"), "{typo}");
        let slug =
            load("environment = \"test\"\nstore = \"x\"\n[[workspace]]\nslug = \"A b\"\nname = \"A\"\n");
        assert!(slug.unwrap_err().to_string().contains("workspace slug must be"));
        assert!(matches!(Config::load(Path::new("nowhere.toml")), Err(ConfigError::Missing(_))));
    }
}
