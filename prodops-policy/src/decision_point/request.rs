//! Requests from JSON.

use cedar_policy::{Context, EntityUid, Request, Schema};
use serde_json::{Map, Value};

use super::error::RequestError;

/// Reads a request; when `validated`, it must fit the schema.
pub(super) fn read(text: &str, schema: Option<&Schema>, validated: bool) -> Result<Request, RequestError> {
    let json: Value =
        serde_json::from_str(text).map_err(|error| RequestError::Json { message: error.to_string() })?;
    let Value::Object(mut parts) = json else { return Err(RequestError::Shape) };
    let principal = entity(&mut parts, "principal")?;
    let action = entity(&mut parts, "action")?;
    let resource = entity(&mut parts, "resource")?;
    let context = context(parts.remove("context"), schema, &action, validated)?;
    let schema = schema.filter(|_| validated);
    Request::new(principal, action, resource, context, schema)
        .map_err(|error| RequestError::Unfit { message: error.to_string() })
}

fn entity(parts: &mut Map<String, Value>, part: &'static str) -> Result<EntityUid, RequestError> {
    let json = parts.remove(part).ok_or(RequestError::Missing { part })?;
    let wrong = |error: &dyn std::error::Error| RequestError::Part { part, message: with_causes(error) };
    if let Value::String(text) = &json {
        return text.parse().map_err(|error: cedar_policy::ParseErrors| wrong(&error));
    }
    EntityUid::from_json(json).map_err(|error| wrong(&error))
}

/// The schema says how to read it. Where nothing has to fit, a context that does not is read as it is.
fn context(
    json: Option<Value>,
    schema: Option<&Schema>,
    action: &EntityUid,
    validated: bool,
) -> Result<Context, RequestError> {
    let json = match json {
        None | Some(Value::Null) => Value::Object(Map::new()),
        Some(json) => json,
    };
    let typed = Context::from_json_value(json.clone(), schema.map(|schema| (schema, action)));
    let read = match typed {
        Err(_) if !validated => Context::from_json_value(json, None),
        typed => typed,
    };
    read.map_err(|error| RequestError::Part { part: "context", message: with_causes(&error) })
}

/// The error and what caused it, as long as that says something new.
pub(super) fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        let more = next.to_string();
        if !text.contains(&more) {
            text = format!("{text}: {more}");
        }
        cause = next.source();
    }
    text
}
