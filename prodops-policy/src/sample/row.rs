//! Rows that open and that refuse, and every question about them.

use prodops_core::id::{MembershipId, PersonId, TeamId, WorkspaceId};
use prodops_core::tenancy::Role;

use super::{MEMBERSHIP, OWN, PERSON, TEAM, askers, moments};
use crate::question::Question;
use crate::resource::ResourceKey;
use crate::sensitivity::Sensitivity;
use crate::vocabulary::{ActionKind, Attribute, Attributes, EntityType, Fact, Kind};

const OTHER: [u8; 16] = [9; 16];
const FOREIGN: WorkspaceId = WorkspaceId::from_bytes([2; 16]);

/// A row of a type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) ty: EntityType,
    pub(crate) variant: Variant,
}

/// How a row stands to the one who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Variant {
    /// It is theirs, and not sensitive.
    Own,
    /// It is somebody else's, and sensitive.
    Other,
    /// It is somebody else's, not sensitive, and has nothing that is optional.
    Plain,
}

impl Variant {
    pub(crate) const ALL: [Self; 3] = [Self::Own, Self::Other, Self::Plain];
}

impl Row {
    /// Which row it is; `None` for a type that is no resource.
    pub(crate) fn key(self) -> Option<ResourceKey> {
        let (key, own) = (ResourceKey::representative(self.ty)?, MembershipId::from_bytes(MEMBERSHIP));
        Some(match (key, self.variant) {
            (ResourceKey::Person(_), Variant::Own) => ResourceKey::Person(PersonId::from_bytes(PERSON)),
            (ResourceKey::Team(_), Variant::Own) => ResourceKey::Team(TeamId::from_bytes(TEAM)),
            // The one type whose id says the same as an attribute of it.
            (ResourceKey::Membership(_), Variant::Own) => ResourceKey::Membership(own),
            (ResourceKey::Membership(_), _) => ResourceKey::Membership(MembershipId::from_bytes(OTHER)),
            (key, _) => key,
        })
    }

    fn entity(self, ty: EntityType) -> Fact {
        let id = match (self.variant, ty) {
            (Variant::Other | Variant::Plain, _) => OTHER,
            (_, EntityType::Member) => MEMBERSHIP,
            (_, EntityType::Person) => PERSON,
            (_, EntityType::Team) => TEAM,
            _ => [8; 16],
        };
        Fact::Entity(ty, id)
    }
}

impl Attributes for Row {
    fn attribute(&self, attribute: Attribute) -> Fact {
        let shape = self.ty.shape().iter().find(|shape| shape.attribute == attribute);
        let other = self.variant == Variant::Other;
        match shape.map(|shape| (shape.kind, shape.optional)) {
            None => Fact::Absent,
            Some((_, true)) if self.variant == Variant::Plain => Fact::Absent,
            Some((Kind::Entity(ty), _)) => self.entity(ty),
            Some((Kind::Role, _)) => Fact::Role(if other { Role::Owner } else { Role::Viewer }),
            Some((Kind::Level, _)) if other => Fact::Level(Sensitivity::Restricted),
            Some((Kind::Level, _)) => Fact::Level(Sensitivity::Internal),
        }
    }
}

/// Every sampled question about an action; kinds of principals that it does not apply to are among them.
pub(crate) fn each_question(action: ActionKind, mut ask: impl FnMut(&Question<'_>)) {
    let (askers, moments) = (askers(), moments());
    for variant in Variant::ALL {
        let row = Row { ty: action.resource(), variant };
        let Some(resource) = row.key() else { continue };
        for (owner, archived) in [(OWN, false), (OWN, true), (FOREIGN, false)] {
            for (asker, moment) in askers.iter().flat_map(|asker| moments.iter().map(move |at| (asker, at))) {
                let asker = *asker;
                ask(&Question { asker, workspace: OWN, archived, resource, owner, facts: &row, moment });
            }
        }
    }
}
