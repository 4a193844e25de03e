//! What the paths of a program hold for a typed question: filled from facts, without entities and, unless the asker manages
//! teams that a policy asks for, without allocating.

use prodops_core::id::WorkspaceId;
use prodops_core::tenancy::{Role, SystemPrincipal};

use crate::ids::Ids;
use crate::program::Program;
use crate::program::gather::Slot;
use crate::program::path::{Path, Root};
use crate::program::value::{Terms, Uid, Value};
use crate::question::{Asker, Member, Question};
use crate::vocabulary::{Attribute, EntityType, Fact};

/// Slots of a question. What a program reads beyond them is left to Cedar.
pub(crate) const SLOTS: usize = 32;

/// Where the value of a path comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Source {
    Principal,
    PrincipalWorkspace,
    Role,
    Suspended,
    ByToken,
    Until,
    HasUntil,
    SystemName,
    Resource,
    ResourceWorkspace,
    Attribute(Attribute),
    HasAttribute(Attribute),
    Archived,
    Now,
    SecondFactor,
    AuditedGrant,
    Clearance,
    Person,
    HasPerson,
    ManagedTeams,
    /// Anything else: Cedar is asked.
    Elsewhere,
}

/// How much of a question is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Known {
    /// All of it.
    Everything,
    /// All but what tells one row of a list from another.
    AnyRow,
    /// Who asks by kind, the workspaces and their state: a cell of the matrix.
    AnyMoment,
}

impl Known {
    const fn includes(self, source: Source) -> bool {
        match source {
            Source::Resource | Source::Attribute(_) | Source::HasAttribute(_) => {
                matches!(self, Self::Everything)
            }
            Source::PrincipalWorkspace
            | Source::ResourceWorkspace
            | Source::Role
            | Source::Suspended
            | Source::ByToken
            | Source::HasUntil
            | Source::SystemName
            | Source::Archived => true,
            _ => !matches!(self, Self::AnyMoment),
        }
    }
}

/// How to fill the slots of one program.
#[derive(Debug)]
pub(crate) struct Reading {
    sources: Vec<Source>,
    types: [u32; EntityType::ALL.len()],
    roles: [(Role, Uid); Role::ALL.len()],
    systems: [(SystemPrincipal, Uid); SystemPrincipal::ALL.len()],
    no_teams: Value,
    /// Ids that policies name, as the bytes that they stand for.
    pub(crate) named: Vec<([u8; 16], u32)>,
    /// The first number that no text of the program has.
    pub(crate) free: u32,
}

impl Reading {
    /// The reading of a program. A type that no policy and no cell mentions gets a number of its own all the same.
    pub(crate) fn of(program: &Program) -> Self {
        let mut numbers =
            Numbers { program, free: u32::try_from(program.terms().text_count()).unwrap_or(u32::MAX) };
        let mut types = [0; EntityType::ALL.len()];
        for (number, ty) in types.iter_mut().zip(EntityType::ALL) {
            *number = numbers.of(&format!("ProdOps::{}", ty.name()));
        }
        let mut uid = |ty: EntityType, id| Uid { ty: type_number(&types, ty), id: numbers.of(id) };
        let roles = Role::ALL.map(|each| (each, uid(EntityType::Role, each.as_str())));
        let systems = SystemPrincipal::ALL.map(|each| (each, uid(EntityType::SystemName, each.as_str())));
        let named = program.terms().texts().filter_map(|(text, number)| {
            let id: WorkspaceId = text.parse().ok()?;
            (id.to_string() == text).then_some((*id.as_bytes(), number))
        });
        Self {
            sources: (0..).map_while(|slot| program.paths().get(slot)).map(source).collect(),
            types,
            roles,
            systems,
            no_teams: program.empty_set(),
            named: named.collect(),
            free: numbers.free,
        }
    }

    /// Fills the slots that are asked for, as far as they are known.
    pub(crate) fn fill(
        &self,
        question: &Question<'_>,
        known: Known,
        wanted: &[u32],
        terms: &mut Terms<'_>,
        slots: &mut [Slot; SLOTS],
    ) {
        let mut ids = Ids::of(self, &question.moment.managed_teams);
        for &number in wanted {
            let number = number as usize;
            let source = self.sources.get(number).filter(|source| known.includes(**source));
            if let (Some(slot), Some(source)) = (slots.get_mut(number), source) {
                *slot = self.read(*source, question, &mut ids, terms);
            }
        }
    }

    fn read(
        &self,
        source: Source,
        question: &Question<'_>,
        ids: &mut Ids<'_>,
        terms: &mut Terms<'_>,
    ) -> Slot {
        let workspace = |ids: &mut Ids<'_>, id: WorkspaceId| {
            Slot::Value(self.entity(EntityType::Workspace, ids.number(*id.as_bytes())))
        };
        match source {
            Source::PrincipalWorkspace => workspace(ids, question.workspace),
            Source::ResourceWorkspace => workspace(ids, question.owner),
            Source::Resource => {
                let id = question.resource.id().unwrap_or(*question.owner.as_bytes());
                Slot::Value(self.entity(question.resource.entity_type(), ids.number(id)))
            }
            Source::Attribute(attribute) => self.fact(question.facts.attribute(attribute), ids),
            Source::HasAttribute(attribute) => bool(question.facts.attribute(attribute) != Fact::Absent),
            Source::ManagedTeams => Slot::Value(self.teams(question, ids, terms)),
            Source::Elsewhere => Slot::Opaque,
            _ => match question.asker {
                Asker::Member(member) => self.of_member(source, &member, ids),
                Asker::System(system) => self.of_system(source, system),
            }
            .unwrap_or_else(|| self.of_moment(source, question, ids)),
        }
    }

    /// `None` for what is not the principal's.
    fn of_member(&self, source: Source, member: &Member, ids: &mut Ids<'_>) -> Option<Slot> {
        Some(match source {
            Source::Principal => {
                Slot::Value(self.entity(EntityType::Member, ids.number(*member.membership.as_bytes())))
            }
            Source::Role => self.role(member.role),
            Source::Suspended => bool(member.suspended),
            Source::ByToken => bool(member.by_token),
            Source::Until => {
                member.until.map_or(Slot::Missing, |at| Slot::Value(Value::Datetime(at.as_millis())))
            }
            Source::HasUntil => bool(member.until.is_some()),
            Source::SystemName => Slot::Missing,
            _ => return None,
        })
    }

    fn of_system(&self, source: Source, system: SystemPrincipal) -> Option<Slot> {
        let known = self.systems.iter().find(|(each, _)| *each == system).map(|(_, uid)| *uid);
        Some(match source {
            Source::Principal => {
                known.map_or(Slot::Opaque, |uid| Slot::Value(self.entity(EntityType::System, uid.id)))
            }
            Source::SystemName => known.map_or(Slot::Opaque, |uid| Slot::Value(Value::Entity(uid))),
            Source::HasUntil => bool(false),
            Source::Role | Source::Suspended | Source::ByToken | Source::Until => Slot::Missing,
            _ => return None,
        })
    }

    fn of_moment(&self, source: Source, question: &Question<'_>, ids: &mut Ids<'_>) -> Slot {
        let moment = question.moment;
        match source {
            Source::Archived => bool(question.archived),
            Source::Now => Slot::Value(Value::Datetime(moment.now.as_millis())),
            Source::SecondFactor => bool(moment.second_factor),
            Source::AuditedGrant => bool(moment.audited_grant),
            Source::Clearance => Slot::Value(Value::Long(moment.clearance.level())),
            Source::HasPerson => bool(moment.person.is_some()),
            Source::Person => moment.person.map_or(Slot::Missing, |person| {
                Slot::Value(self.entity(EntityType::Person, ids.number(*person.as_bytes())))
            }),
            _ => Slot::Opaque,
        }
    }

    fn fact(&self, fact: Fact, ids: &mut Ids<'_>) -> Slot {
        match fact {
            Fact::Absent => Slot::Missing,
            Fact::Entity(ty, id) => Slot::Value(self.entity(ty, ids.number(id))),
            Fact::Role(role) => self.role(role),
            Fact::Level(step) => Slot::Value(Value::Long(step.level())),
        }
    }

    fn role(&self, role: Role) -> Slot {
        let known = self.roles.iter().find(|(each, _)| *each == role);
        known.map_or(Slot::Opaque, |(_, uid)| Slot::Value(Value::Entity(*uid)))
    }

    fn teams(&self, question: &Question<'_>, ids: &mut Ids<'_>, terms: &mut Terms<'_>) -> Value {
        let teams = &question.moment.managed_teams;
        if teams.is_empty() {
            return self.no_teams;
        }
        let members = teams.iter().map(|team| self.entity(EntityType::Team, ids.number(*team.as_bytes())));
        terms.set(members.collect())
    }

    /// The number of a type's name.
    pub(crate) fn type_number(&self, ty: EntityType) -> u32 {
        type_number(&self.types, ty)
    }

    fn entity(&self, ty: EntityType, id: u32) -> Value {
        Value::Entity(Uid { ty: type_number(&self.types, ty), id })
    }
}

const fn bool(truth: bool) -> Slot {
    Slot::Value(Value::Bool(truth))
}

fn type_number(types: &[u32], ty: EntityType) -> u32 {
    types.get(ty as usize).copied().unwrap_or(u32::MAX)
}

/// Numbers of names, new ones for names that the program does not have.
struct Numbers<'a> {
    program: &'a Program,
    free: u32,
}

impl Numbers<'_> {
    fn of(&mut self, name: &str) -> u32 {
        self.program.terms().find(name).unwrap_or_else(|| {
            let number = self.free;
            self.free = self.free.saturating_add(1);
            number
        })
    }
}

fn source(path: &Path) -> Source {
    let attributes: Vec<&str> = path.attributes.iter().map(String::as_str).collect();
    let has: Vec<&str> = path.has.iter().map(String::as_str).collect();
    match (&path.root, attributes.as_slice(), has.as_slice()) {
        (Root::Principal, [], []) => Source::Principal,
        (Root::Principal, ["workspace"], []) => Source::PrincipalWorkspace,
        (Root::Principal, ["role"], []) => Source::Role,
        (Root::Principal, ["suspended"], []) => Source::Suspended,
        (Root::Principal, ["by_token"], []) => Source::ByToken,
        (Root::Principal, ["until"], []) => Source::Until,
        (Root::Principal, [], ["until"]) => Source::HasUntil,
        (Root::Principal, ["name"], []) => Source::SystemName,
        (Root::Resource, [], []) => Source::Resource,
        (Root::Resource, ["workspace"], []) => Source::ResourceWorkspace,
        (Root::Resource, [name], []) => Attribute::named(name).map_or(Source::Elsewhere, Source::Attribute),
        (Root::Resource, [], [name]) => {
            Attribute::named(name).map_or(Source::Elsewhere, Source::HasAttribute)
        }
        (Root::Context, [name], []) => match *name {
            "archived" => Source::Archived,
            "now" => Source::Now,
            "second_factor" => Source::SecondFactor,
            "audited_grant" => Source::AuditedGrant,
            "clearance" => Source::Clearance,
            "person" => Source::Person,
            "managed_teams" => Source::ManagedTeams,
            _ => Source::Elsewhere,
        },
        (Root::Context, [], ["person"]) => Source::HasPerson,
        _ => Source::Elsewhere,
    }
}
