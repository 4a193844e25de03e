//! `POST /access/v1/evaluation`: one decision.

use serde_json::{Map, Value, json};

use super::Refused;
use super::body::{Answer, Body};
use super::caller::Caller;
use crate::decision::Outcome;
use crate::model::{Action, Entity, Members};

/// A question with all its parts.
pub(super) struct Asked {
    subject: Entity,
    action: Action,
    resource: Entity,
    context: Map<String, Value>,
}

impl Asked {
    /// Reads the parts. One that is missing or of another form makes the request a bad one.
    pub(super) fn of(members: &Members) -> Result<Self, Refused> {
        Ok(Self {
            subject: members.subject()?,
            action: members.action()?,
            resource: members.resource()?,
            context: members.context()?,
        })
    }

    /// Decides it in the workspace of the caller.
    pub(super) fn decide(self, caller: &Caller) -> Outcome {
        let Self { subject, action, resource, context } = self;
        caller.served.point.decide(&caller.workspace, &subject, &action, &resource, context)
    }
}

pub(super) async fn evaluate(caller: Caller, Body(members): Body) -> Result<Answer, Refused> {
    one(&caller, &members)
}

/// The decision about a request that is one question.
pub(super) fn one(caller: &Caller, members: &Members) -> Result<Answer, Refused> {
    match Asked::of(members)?.decide(caller) {
        Outcome::Unfit(message) => Err(Refused::bad_request(format!("`context`: {message}"))),
        outcome => Ok(Answer(decision(&outcome))),
    }
}

/// An outcome as the specification's decision: closed, unless it is allowed.
pub(super) fn decision(outcome: &Outcome) -> Value {
    let error = |status: u16, message: String| json!({ "decision": false, "context": { "error": { "status": status, "message": message } } });
    match outcome {
        Outcome::Decided { allowed, policies } if policies.is_empty() => json!({ "decision": allowed }),
        Outcome::Decided { allowed, policies } => {
            json!({ "decision": allowed, "context": { "policies": policies } })
        }
        Outcome::Unknown(what) => error(404, format!("unknown {what}")),
        Outcome::Unfit(message) => error(400, format!("`context`: {message}")),
    }
}
