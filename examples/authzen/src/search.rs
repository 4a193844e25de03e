//! Which subjects, resources or actions a question can be answered with yes for.

use cedar_policy::EntityUid;
use serde_json::{Map, Value, json};

use crate::decision::{Outcome, Point, Ready, uid};
use crate::directory::Tenant;
use crate::model::{Action, Entity, Kind};
use crate::table::Table;

/// What a search finds, ordered by id or name.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// The results as the specification writes them.
    pub(crate) results: Vec<Value>,
    /// How they were found.
    pub(crate) by: By,
}

/// How results are found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum By {
    /// Each candidate is decided by itself.
    #[default]
    Decisions,
    /// One question became a filter on the rows' columns.
    Filter,
}

impl By {
    /// As answers say it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Decisions => "decisions",
            Self::Filter => "filter",
        }
    }
}

impl Point {
    /// The subjects of a type that may do this.
    pub(crate) fn subjects(
        &self,
        tenant: &Tenant,
        kind: &Kind,
        action: &Action,
        resource: &Entity,
        context: &Map<String, Value>,
    ) -> Result<Found, Outcome> {
        let (Some(ty), Some(action), Some(resource)) = (
            self.vocabulary.kind(&kind.kind),
            self.vocabulary.action(&action.name),
            self.known(tenant, resource),
        ) else {
            return Ok(Found::default());
        };
        let mut results = Vec::new();
        for subject in tenant.tables.get(ty).into_iter().flat_map(Table::ids) {
            if self.holds(tenant, subject, action, &resource, context)? {
                results.push(named(&kind.kind, subject));
            }
        }
        Ok(Found { results, by: By::Decisions })
    }

    /// The resources of a type that somebody may do this to: one question for all of them where the policies can be said in
    /// columns, else one for each.
    pub(crate) fn resources(
        &self,
        tenant: &Tenant,
        subject: &Entity,
        action: &Action,
        kind: &Kind,
        context: &Map<String, Value>,
    ) -> Result<Found, Outcome> {
        let (Some(subject), Some(action), Some(ty)) = (
            self.known(tenant, subject),
            self.vocabulary.action(&action.name),
            self.vocabulary.kind(&kind.kind),
        ) else {
            return Ok(Found::default());
        };
        let Some(table) = tenant.tables.get(ty) else { return Ok(Found::default()) };
        // Which row it names does not matter: a filter is about any of the type.
        let Some(request) = self.request(&subject, action, &uid(ty, ""), context.clone())? else {
            return Ok(Found::default());
        };
        if let Ok(filter) = self.program.ask(&request, &tenant.entities).filter(table) {
            let results = table.admitted(&filter).map(|row| named(&kind.kind, row)).collect();
            return Ok(Found { results, by: By::Filter });
        }
        let mut results = Vec::new();
        for row in table.ids() {
            if self.holds(tenant, &subject, action, row, context)? {
                results.push(named(&kind.kind, row));
            }
        }
        Ok(Found { results, by: By::Decisions })
    }

    /// What somebody may do to a resource. An action whose context is not given as it needs it cannot be allowed.
    pub(crate) fn actions(
        &self,
        tenant: &Tenant,
        subject: &Entity,
        resource: &Entity,
        context: &Map<String, Value>,
    ) -> Found {
        let (Some(subject), Some(resource)) = (self.known(tenant, subject), self.known(tenant, resource))
        else {
            return Found::default();
        };
        let allowed =
            |action: &EntityUid| self.holds(tenant, &subject, action, &resource, context).unwrap_or(false);
        let names = self.vocabulary.actions().filter(|(_, action)| allowed(action));
        Found { results: names.map(|(name, _)| json!({ "name": name })).collect(), by: By::Decisions }
    }

    fn holds(
        &self,
        tenant: &Tenant,
        subject: &EntityUid,
        action: &EntityUid,
        resource: &EntityUid,
        context: &Map<String, Value>,
    ) -> Result<bool, Outcome> {
        let request = self.request(subject, action, resource, context.clone())?;
        Ok(request.is_some_and(|request| self.allows(&Ready { request, tenant })))
    }
}

fn named(kind: &str, uid: &EntityUid) -> Value {
    json!({ "type": kind, "id": AsRef::<str>::as_ref(uid.id()) })
}
