//! `POST /access/v1/evaluations`: several decisions in one request.

use serde_json::{Value, json};

use super::Refused;
use super::body::{Answer, Body};
use super::caller::Caller;
use super::evaluation::{self, Asked};
use crate::decision::Outcome;
use crate::model::{Members, Semantic};

/// Questions in one request at most.
const MOST: usize = 1000;

pub(super) async fn evaluate(caller: Caller, Body(members): Body) -> Result<Answer, Refused> {
    let semantic = members.semantic()?;
    let evaluations = members.evaluations()?;
    if evaluations.is_empty() {
        return evaluation::one(&caller, &members);
    }
    if evaluations.len() > MOST {
        return Err(Refused::bad_request(format!("`evaluations` has more than {MOST} questions")));
    }
    // All are read before one is decided: a request that is not well-formed is refused as a whole.
    let asked = evaluations.into_iter().zip(1..).map(|(json, number)| read(json, number, &members));
    let asked = asked.collect::<Result<Vec<_>, _>>()?;
    let mut decisions: Vec<Value> = Vec::with_capacity(asked.len());
    for asked in asked {
        let outcome = asked.decide(&caller);
        let allowed = matches!(outcome, Outcome::Decided { allowed: true, .. });
        decisions.push(evaluation::decision(&outcome));
        if ends(semantic, allowed) {
            break;
        }
    }
    Ok(Answer(json!({ "evaluations": decisions })))
}

fn read(json: Value, number: usize, defaults: &Members) -> Result<Asked, Refused> {
    let Value::Object(_) = json else {
        return Err(Refused::bad_request(format!("`evaluations`: number {number} is not an object")));
    };
    Asked::of(&Members::of(json)?.over(defaults))
}

const fn ends(semantic: Semantic, allowed: bool) -> bool {
    match semantic {
        Semantic::ExecuteAll => false,
        Semantic::DenyOnFirstDeny => !allowed,
        Semantic::PermitOnFirstPermit => allowed,
    }
}
