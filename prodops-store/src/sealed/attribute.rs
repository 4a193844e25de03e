//! What the index of an audit log finds its entries by.

use prodops_core::audit::{Actor, AuditEvent};
use prodops_core::tenancy::SystemPrincipal;

use crate::contract::AuditQuery;

/// A kind, then sixteen bytes: what the index finds an event by.
pub(crate) type Attribute = [u8; 17];

fn attribute(kind: u8, id: [u8; 16]) -> Attribute {
    let mut bytes = [kind; 17];
    bytes.iter_mut().skip(1).zip(id).for_each(|(to, from)| *to = from);
    bytes
}

fn of_actor(actor: Actor) -> Option<Attribute> {
    let (kind, id) = match actor {
        Actor::Member(id) => (1, *id.as_bytes()),
        Actor::User(id) => (2, *id.as_bytes()),
        Actor::Operator => (3, [0; 16]),
        // INVARIANT: kept by place, so the list of system principals grows at its end.
        Actor::System(system) => {
            let place = SystemPrincipal::ALL.iter().position(|each| *each == system)?;
            (4, [u8::try_from(place).ok()?; 16])
        }
        Actor::Anonymous => (5, [0; 16]),
        // One that this backend does not know yet is found by looking at every entry.
        _ => return None,
    };
    Some(attribute(kind, id))
}

fn of_object(id: [u8; 16]) -> Attribute {
    attribute(0, id)
}

/// What an event is found by when somebody asks what its actor did.
pub(crate) fn actor_of(event: &AuditEvent) -> Option<Attribute> {
    of_actor(event.actor)
}

/// What an event is found by when somebody asks what became of its object.
pub(crate) fn object_of(event: &AuditEvent) -> Option<Attribute> {
    event.object.id().map(of_object)
}

pub(crate) fn attributes(event: &AuditEvent) -> impl Iterator<Item = Attribute> {
    actor_of(event).into_iter().chain(object_of(event))
}

/// The attribute that leaves the fewest entries to look at: an object is touched less often than an actor acts.
pub(crate) fn narrowest(query: &AuditQuery) -> Option<Attribute> {
    query.filter.object.map(of_object).or_else(|| query.filter.actor.and_then(of_actor))
}
