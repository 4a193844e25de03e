//! The requests of the specification, as far as a decision looks at them. Unknown members are ignored, as it demands.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::http::Refused;

/// A subject or a resource. Its `properties` are read and not used: what is known of it stands in the directory.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct Entity {
    #[serde(rename = "type")]
    pub(crate) kind: String,
    pub(crate) id: String,
    #[serde(default, rename = "properties")]
    _properties: Option<Map<String, Value>>,
}

/// A subject or a resource whose id is searched for; one that is there all the same is ignored.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct Kind {
    #[serde(rename = "type")]
    pub(crate) kind: String,
}

/// An action. Its `properties` are read and not used: no policy speaks of them.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct Action {
    pub(crate) name: String,
    #[serde(default, rename = "properties")]
    _properties: Option<Map<String, Value>>,
}

/// What a search is asked to show of its results.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub(crate) struct Page {
    #[serde(default)]
    pub(crate) token: Option<String>,
    #[serde(default)]
    pub(crate) limit: Option<u32>,
}

/// How several evaluations are carried out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Semantic {
    #[default]
    ExecuteAll,
    DenyOnFirstDeny,
    PermitOnFirstPermit,
}

#[derive(Debug, Default, Deserialize)]
struct Options {
    #[serde(default)]
    evaluations_semantic: Option<Semantic>,
}

/// The members of a request, each read when it is asked for.
#[derive(Debug, Clone)]
pub(crate) struct Members(Map<String, Value>);

impl Members {
    /// The members of an object.
    pub(crate) fn of(json: Value) -> Result<Self, Refused> {
        match json {
            Value::Object(members) => Ok(Self(members)),
            _ => Err(Refused::bad_request("the body is not a JSON object")),
        }
    }

    /// These members, and for those that are missing the ones of `defaults`.
    pub(crate) fn over(mut self, defaults: &Self) -> Self {
        for name in ["subject", "action", "resource", "context"] {
            if let (None, Some(default)) = (self.0.get(name), defaults.0.get(name)) {
                self.0.insert(name.to_owned(), default.clone());
            }
        }
        self
    }

    pub(crate) fn subject(&self) -> Result<Entity, Refused> {
        self.required("subject")
    }

    pub(crate) fn action(&self) -> Result<Action, Refused> {
        self.required("action")
    }

    pub(crate) fn resource(&self) -> Result<Entity, Refused> {
        self.required("resource")
    }

    pub(crate) fn kind(&self, name: &'static str) -> Result<Kind, Refused> {
        self.required(name)
    }

    pub(crate) fn context(&self) -> Result<Map<String, Value>, Refused> {
        self.optional("context")
    }

    pub(crate) fn page(&self) -> Result<Page, Refused> {
        self.optional("page")
    }

    /// The semantic of several evaluations.
    pub(crate) fn semantic(&self) -> Result<Semantic, Refused> {
        let options: Options = self.optional("options")?;
        Ok(options.evaluations_semantic.unwrap_or_default())
    }

    /// The evaluations of a request for several; none when it is a request for one.
    pub(crate) fn evaluations(&self) -> Result<Vec<Value>, Refused> {
        self.optional("evaluations")
    }

    /// What stays the same from page to page of a search.
    pub(crate) fn search(&self, searched: &str, workspace: &str) -> Vec<u8> {
        let parts = ["subject", "action", "resource", "context"].map(|name| self.0.get(name));
        // INVARIANT: values that were read from JSON can be written as JSON.
        serde_json::to_vec(&(searched, workspace, parts)).unwrap_or_default()
    }

    fn required<T: DeserializeOwned>(&self, name: &'static str) -> Result<T, Refused> {
        let value = self.present(name).ok_or_else(|| Refused::bad_request(format!("`{name}` is missing")))?;
        read(name, value)
    }

    fn optional<T: DeserializeOwned + Default>(&self, name: &'static str) -> Result<T, Refused> {
        self.present(name).map_or_else(|| Ok(T::default()), |value| read(name, value))
    }

    fn present(&self, name: &str) -> Option<&Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }
}

fn read<T: DeserializeOwned>(name: &'static str, value: &Value) -> Result<T, Refused> {
    T::deserialize(value).map_err(|error| Refused::bad_request(format!("`{name}`: {error}")))
}
