//! `[[ai]]`: the AI providers that workspaces may choose from, and this deployment's access to them.

use std::net::IpAddr;
use std::sync::Arc;

use axum::http::Uri;
use prodops::ai::{
    Access, Anthropic, ClassificationProvider, Compatible, Cost, Endpoint, Gemini, Model, OpenAi, PURPOSE,
    Price, Region, SettingsError,
};
use prodops::connectors::http::egress::{Egress, EgressError, Roots};
use prodops::core::clock::Clock;
use serde::Deserialize;

use super::secret_file::{SecretFileError, SecretReference};

/// Which API a provider speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AiApi {
    /// OpenAI's.
    Openai,
    /// OpenAI's as a resource of Azure serves it.
    Azure,
    /// Anthropic's.
    Anthropic,
    /// Gemini's.
    Gemini,
    /// Chat completions, as Ollama and others serve them.
    Compatible,
}

/// One AI provider.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct AiConfig {
    /// Which API it speaks.
    pub api: AiApi,
    /// The model; at Azure the name of its deployment.
    pub model: String,
    /// Where the key is; a model on this machine may need none.
    #[serde(default)]
    pub key: Option<SecretReference>,
    /// What a million tokens that are sent cost, as the provider's price list says.
    pub input_price: f64,
    /// What a million tokens that are answered cost.
    pub output_price: f64,
    /// Where the operator had the provider process data, in words.
    #[serde(default)]
    pub region: Option<String>,
    /// The resource at Azure.
    #[serde(default)]
    pub resource: Option<String>,
    /// The address, where it is another than the provider's own: `https://HOST/PATH`, or `http://localhost:PORT`.
    #[serde(default)]
    pub url: Option<String>,
    /// Whether that address may lie in the operator's own network.
    #[serde(default)]
    pub own_network: bool,
    /// The name by which workspaces choose what speaks chat completions.
    #[serde(default)]
    pub name: Option<String>,
}

/// A provider cannot be used as it is configured.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AiConfigError {
    /// Something that its API needs is missing.
    #[error("`{field}` is missing: {why}")]
    Missing {
        /// The field.
        field: &'static str,
        /// What it is for.
        why: &'static str,
    },
    /// The address cannot be used.
    #[error("`url` is no address: write `https://HOST`, `https://HOST/PATH` or `http://localhost:PORT`")]
    Url,
    /// A price is none.
    #[error("`{0}` is no price: write what a million tokens cost, 0 where they cost nothing")]
    Price(&'static str),
    /// Host, model or path cannot be used.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The key cannot be had.
    #[error("`key`: {0}")]
    Key(#[from] SecretFileError),
    /// There is no way out.
    #[error(transparent)]
    Egress(#[from] EgressError),
}

impl AiConfig {
    /// Whether it can be used, as far as that can be told without its key.
    pub(super) fn check(&self) -> Result<(), AiConfigError> {
        self.endpoint()?;
        self.model()?;
        if self.api != AiApi::Compatible && self.key.is_none() {
            let why = "a file with the key of this deployment, as `file:PATH` or `credential:NAME`";
            return Err(AiConfigError::Missing { field: "key", why });
        }
        self.shown_name().map(drop)
    }

    /// The provider, with its key and a way out to nowhere else.
    ///
    /// # Errors
    /// When the key cannot be had, or something cannot work.
    pub fn provider(
        &self,
        roots: Roots,
        clock: Arc<dyn Clock>,
    ) -> Result<Arc<dyn ClassificationProvider>, AiConfigError> {
        let endpoint = self.endpoint()?;
        let egress = Egress::builder(roots, clock).allow(endpoint.destination().clone()).build();
        let access = Access {
            endpoint,
            region: self.region.clone().map_or(Region::Any, Region::Chosen),
            egress: egress.client(PURPOSE)?,
            key: self.key.as_ref().map(SecretReference::read).transpose()?,
            model: self.model()?,
        };
        Ok(match self.api {
            AiApi::Openai => Arc::new(OpenAi::new(access)),
            AiApi::Azure => Arc::new(OpenAi::azure(access)),
            AiApi::Anthropic => Arc::new(Anthropic::new(access)),
            AiApi::Gemini => Arc::new(Gemini::new(access)),
            AiApi::Compatible => Arc::new(Compatible::new(self.shown_name()?, access)),
        })
    }

    /// The name by which the configuration speaks of it.
    pub(super) fn shown_name(&self) -> Result<&str, AiConfigError> {
        match (self.api, &self.name) {
            (AiApi::Compatible, Some(name)) if !name.trim().is_empty() => Ok(name),
            (AiApi::Compatible, _) => {
                let why = "the name by which workspaces choose it, such as `ollama`";
                Err(AiConfigError::Missing { field: "name", why })
            }
            (AiApi::Openai, _) => Ok("openai"),
            (AiApi::Azure, _) => Ok("azure"),
            (AiApi::Anthropic, _) => Ok("anthropic"),
            (AiApi::Gemini, _) => Ok("gemini"),
        }
    }

    fn endpoint(&self) -> Result<Endpoint, AiConfigError> {
        if let Some(url) = &self.url {
            return self.endpoint_at(url);
        }
        let missing = |field, why| Err(AiConfigError::Missing { field, why });
        match (self.api, &self.resource) {
            (AiApi::Openai, _) => Ok(OpenAi::endpoint()?),
            (AiApi::Anthropic, _) => Ok(Anthropic::endpoint()?),
            (AiApi::Gemini, _) => Ok(Gemini::endpoint()?),
            (AiApi::Azure, Some(resource)) => Ok(OpenAi::azure_endpoint(resource)?),
            (AiApi::Azure, None) => missing("resource", "the name of the resource at Azure"),
            (AiApi::Compatible, _) => missing("url", "where chat completions are served"),
        }
    }

    fn endpoint_at(&self, url: &str) -> Result<Endpoint, AiConfigError> {
        let uri: Uri = url.parse().map_err(|_| AiConfigError::Url)?;
        let host = uri.host().ok_or(AiConfigError::Url)?;
        let endpoint = match (uri.scheme_str(), uri.port_u16()) {
            (Some("http"), Some(port)) if is_local(host) => Endpoint::local(host, port)?,
            (Some("https"), None | Some(443)) if self.own_network => Endpoint::self_hosted(host)?,
            (Some("https"), None | Some(443)) => Endpoint::https(host)?,
            _ => return Err(AiConfigError::Url),
        };
        match uri.path() {
            "" | "/" if uri.query().is_none() => Ok(endpoint),
            path if uri.query().is_none() => Ok(endpoint.below(path)?),
            _ => Err(AiConfigError::Url),
        }
    }

    fn model(&self) -> Result<Model, AiConfigError> {
        let input = cost(self.input_price).ok_or(AiConfigError::Price("input-price"))?;
        let output = cost(self.output_price).ok_or(AiConfigError::Price("output-price"))?;
        Ok(Model::new(&self.model, Price { input, output })?)
    }
}

/// An amount of money, to the millionth; `None` for what is none.
#[must_use]
pub fn cost(amount: f64) -> Option<Cost> {
    /// More than any price list and any budget has.
    const MOST: f64 = 1e12;
    // Within this bound the product is a whole number that a `u64` holds.
    (0.0..=MOST).contains(&amount).then(|| Cost::from_millionths((amount * 1e6).round() as u64))
}

fn is_local(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use figment::Figment;
    use figment::providers::{Format, Toml};

    use super::*;

    fn of(text: &str) -> AiConfig {
        let prices = "input-price = 0.1\noutput-price = 0.4\n";
        Figment::new().merge(Toml::string(&format!("{text}\n{prices}"))).extract().unwrap()
    }

    #[test]
    fn each_api_goes_to_its_own_host_and_nowhere_else() {
        let key = "key = \"credential:ai\"\nmodel = \"m\"";
        for (api, host) in [
            ("api = \"openai\"", "https://api.openai.com:443"),
            ("api = \"openai\"\nurl = \"https://eu.api.openai.com\"", "https://eu.api.openai.com:443"),
            ("api = \"azure\"\nresource = \"ours\"", "https://ours.openai.azure.com:443"),
            ("api = \"anthropic\"", "https://api.anthropic.com:443"),
            ("api = \"gemini\"", "https://generativelanguage.googleapis.com:443"),
            (
                "api = \"compatible\"\nname = \"x\"\nurl = \"http://localhost:11434\"",
                "http://localhost:11434",
            ),
            (
                "api = \"compatible\"\nname = \"x\"\nurl = \"https://llm.example.org/gateway\"",
                "https://llm.example.org:443",
            ),
        ] {
            let config = of(&format!("{api}\n{key}"));
            config.check().unwrap();
            let declared = config.endpoint().unwrap().destination().to_string();
            assert!(declared.starts_with(host), "{api}: {declared}");
        }
    }

    #[test]
    fn what_cannot_work_is_said_in_one_line() {
        for (text, said) in [
            ("api = \"openai\"\nmodel = \"m\"", "`key` is missing"),
            ("api = \"azure\"\nmodel = \"m\"", "`resource` is missing"),
            ("api = \"compatible\"\nmodel = \"m\"\nname = \"x\"", "`url` is missing"),
            ("api = \"compatible\"\nmodel = \"m\"\nurl = \"http://localhost:1\"", "`name` is missing"),
            ("api = \"openai\"\nmodel = \"a b\"\nkey = \"file:k\"", "a model's name is"),
            ("api = \"openai\"\nmodel = \"m\"\nurl = \"http://example.org:80\"", "`url` is no address"),
            ("api = \"openai\"\nmodel = \"m\"\nurl = \"https://10.0.0.1\"", "an IP address is no host"),
        ] {
            let error = of(text).check().unwrap_err().to_string();
            assert!(error.contains(said) && !error.contains('\n'), "{text}: {error}");
        }
        assert_eq!(cost(0.15), Some(Cost::from_millionths(150_000)));
        assert!(cost(-1.0).is_none() && cost(f64::NAN).is_none() && cost(f64::INFINITY).is_none());
    }
}
