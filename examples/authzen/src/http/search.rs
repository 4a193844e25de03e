//! `POST /access/v1/search/…`: who may, what may be done, and to what.

use serde::Serialize;
use serde_json::{Value, json};

use super::Refused;
use super::body::{Answer, Body};
use super::caller::Caller;
use crate::decision::Outcome;
use crate::directory::Tenant;
use crate::model::Members;
use crate::search::Found;

/// An answer, in the order that the specification recommends: the count before what is counted.
#[derive(Serialize)]
pub(super) struct Results {
    page: Value,
    context: Value,
    results: Vec<Value>,
}

pub(super) async fn subjects(caller: Caller, Body(members): Body) -> Result<Answer<Results>, Refused> {
    let (kind, action, resource) = (members.kind("subject")?, members.action()?, members.resource()?);
    let context = members.context()?;
    page(&caller, &members, "subject", |tenant| {
        caller.served.point.subjects(tenant, &kind, &action, &resource, &context)
    })
}

pub(super) async fn resources(caller: Caller, Body(members): Body) -> Result<Answer<Results>, Refused> {
    let (subject, action, kind) = (members.subject()?, members.action()?, members.kind("resource")?);
    let context = members.context()?;
    page(&caller, &members, "resource", |tenant| {
        caller.served.point.resources(tenant, &subject, &action, &kind, &context)
    })
}

pub(super) async fn actions(caller: Caller, Body(members): Body) -> Result<Answer<Results>, Refused> {
    let (subject, resource, context) = (members.subject()?, members.resource()?, members.context()?);
    page(&caller, &members, "action", |tenant| {
        Ok(caller.served.point.actions(tenant, &subject, &resource, &context))
    })
}

/// Searches in the workspace of the caller, and shows the page that was asked for.
fn page(
    caller: &Caller,
    members: &Members,
    searched: &'static str,
    search: impl FnOnce(&Tenant) -> Result<Found, Outcome>,
) -> Result<Answer<Results>, Refused> {
    let identity = members.search(searched, &caller.workspace);
    let window = caller.served.pages.window(&members.page()?, &identity)?;
    let tenant = caller.served.point.directory().tenant(&caller.workspace);
    let found = tenant.map_or_else(|| Ok(Found::default()), search).map_err(refused)?;
    let by = found.by.name();
    let (results, page) = caller.served.pages.cut(found.results, window, &identity);
    Ok(Answer(Results { page, context: json!({ "found_by": by }), results }))
}

fn refused(outcome: Outcome) -> Refused {
    match outcome {
        Outcome::Unfit(message) => Refused::bad_request(format!("`context`: {message}")),
        _ => Refused::bad_request("the search cannot be carried out"),
    }
}
