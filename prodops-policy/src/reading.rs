//! What the paths of a program hold for a typed question: filled from facts, without entities and without allocating.

use prodops_core::id::WorkspaceId;
use prodops_core::tenancy::{Role, SystemPrincipal};

use crate::entity::{Asker, Question, Vocabulary};
use crate::program::Program;
use crate::program::gather::Slot;
use crate::program::path::{Path, Root};
use crate::program::value::{Uid, Value};
use crate::resource::ResourceKey;

/// Slots of a question. What a program reads beyond them is left to Cedar.
pub(crate) const SLOTS: usize = 24;

/// Where the value of a path comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Source {
    Principal,
    PrincipalWorkspace,
    Role,
    Suspended,
    SystemName,
    Resource,
    ResourceWorkspace,
    Archived,
    /// Anything else: Cedar is asked.
    Elsewhere,
}

/// How to fill the slots of one program.
#[derive(Debug)]
pub(crate) struct Reading {
    sources: Vec<Source>,
    types: Types,
    roles: [(Role, Uid); Role::ALL.len()],
    systems: [(SystemPrincipal, Uid); SystemPrincipal::ALL.len()],
    /// Ids that policies name, as the bytes that they stand for.
    named: Vec<([u8; 16], u32)>,
    /// The first number that no text of the program has.
    free: u32,
}

#[derive(Debug)]
struct Types {
    member: u32,
    system: u32,
    workspace: u32,
    integration: u32,
    repository: u32,
    audit_log: u32,
    metric_report: u32,
}

impl Reading {
    /// The reading of a program. A type that no policy and no cell mentions gets a number of its own all the same.
    pub(crate) fn of(program: &Program, vocabulary: &Vocabulary) -> Self {
        let mut numbers =
            Numbers { program, free: u32::try_from(program.terms().text_count()).unwrap_or(u32::MAX) };
        let types = Types {
            member: numbers.of(&vocabulary.member.to_string()),
            system: numbers.of(&vocabulary.system.to_string()),
            workspace: numbers.of(&vocabulary.workspace.to_string()),
            integration: numbers.of(&vocabulary.integration.to_string()),
            repository: numbers.of(&vocabulary.repository.to_string()),
            audit_log: numbers.of(&vocabulary.audit_log.to_string()),
            metric_report: numbers.of(&vocabulary.metric_report.to_string()),
        };
        let role = numbers.of(&vocabulary.role.to_string());
        let roles = Role::ALL.map(|each| (each, Uid { ty: role, id: numbers.of(each.as_str()) }));
        let name = numbers.of(&vocabulary.system_name.to_string());
        let systems =
            SystemPrincipal::ALL.map(|each| (each, Uid { ty: name, id: numbers.of(each.as_str()) }));
        let named = program.terms().texts().filter_map(|(text, number)| {
            let id: WorkspaceId = text.parse().ok()?;
            (id.to_string() == text).then_some((*id.as_bytes(), number))
        });
        Self {
            sources: (0..).map_while(|slot| program.paths().get(slot)).map(source).collect(),
            types,
            roles,
            systems,
            named: named.collect(),
            free: numbers.free,
        }
    }

    /// Fills the slots for a question.
    pub(crate) fn fill(&self, question: &Question, slots: &mut [Slot; SLOTS]) {
        let ids = Ids::of(self, question);
        for (slot, source) in slots.iter_mut().zip(&self.sources) {
            *slot = self.read(*source, question, &ids);
        }
    }

    fn read(&self, source: Source, question: &Question, ids: &Ids) -> Slot {
        let entity = |ty, id| Slot::Value(Value::Entity(Uid { ty, id }));
        match (source, question.asker) {
            (Source::Principal, Asker::Member { .. }) => entity(self.types.member, ids.principal),
            (Source::Principal, Asker::System(_)) => entity(self.types.system, ids.principal),
            (Source::PrincipalWorkspace, _) => entity(self.types.workspace, ids.workspace),
            (Source::Role, Asker::Member { role, .. }) => {
                let known = self.roles.iter().find(|(each, _)| *each == role);
                known.map_or(Slot::Opaque, |(_, uid)| Slot::Value(Value::Entity(*uid)))
            }
            (Source::Suspended, Asker::Member { suspended, .. }) => Slot::Value(Value::Bool(suspended)),
            (Source::SystemName, Asker::System(system)) => {
                self.system(system).map_or(Slot::Opaque, |uid| Slot::Value(Value::Entity(uid)))
            }
            (Source::Role | Source::Suspended, Asker::System(_))
            | (Source::SystemName, Asker::Member { .. }) => Slot::Missing,
            (Source::Resource, _) => entity(self.resource_type(question.resource), ids.resource),
            (Source::ResourceWorkspace, _) => entity(self.types.workspace, ids.owner),
            (Source::Archived, _) => Slot::Value(Value::Bool(question.archived)),
            _ => Slot::Opaque,
        }
    }

    const fn resource_type(&self, resource: ResourceKey) -> u32 {
        match resource {
            ResourceKey::Workspace => self.types.workspace,
            ResourceKey::Integration(_) => self.types.integration,
            ResourceKey::Repository(_) => self.types.repository,
            ResourceKey::AuditLog => self.types.audit_log,
            ResourceKey::MetricReport => self.types.metric_report,
        }
    }

    fn system(&self, system: SystemPrincipal) -> Option<Uid> {
        self.systems.iter().find(|(each, _)| *each == system).map(|(_, uid)| *uid)
    }

    /// The number of an id: that of its text when some policy names it, else one of its own.
    fn number(&self, id: &[u8; 16], own: u32) -> u32 {
        let named = self.named.iter().find(|(bytes, _)| bytes == id);
        named.map_or(self.free.saturating_add(own), |(_, number)| *number)
    }
}

/// The numbers of the ids in a question. Equal ids of one type have equal numbers.
struct Ids {
    principal: u32,
    workspace: u32,
    owner: u32,
    resource: u32,
}

impl Ids {
    fn of(reading: &Reading, question: &Question) -> Self {
        let workspace = reading.number(question.workspace.as_bytes(), 0);
        let owner = if question.owner == question.workspace {
            workspace
        } else {
            reading.number(question.owner.as_bytes(), 1)
        };
        let resource = match question.resource {
            ResourceKey::Integration(id) => reading.number(id.as_bytes(), 2),
            ResourceKey::Repository(id) => reading.number(id.as_bytes(), 2),
            ResourceKey::Workspace | ResourceKey::AuditLog | ResourceKey::MetricReport => owner,
        };
        let principal = match question.asker {
            Asker::Member { membership, .. } => reading.number(membership.as_bytes(), 3),
            // INVARIANT: one that is not known here has a number that no policy names.
            Asker::System(system) => {
                reading.system(system).map_or(reading.free.saturating_add(3), |uid| uid.id)
            }
        };
        Self { principal, workspace, owner, resource }
    }
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
    match (&path.root, attributes.as_slice(), path.has.is_empty()) {
        (Root::Principal, [], true) => Source::Principal,
        (Root::Principal, ["workspace"], true) => Source::PrincipalWorkspace,
        (Root::Principal, ["role"], true) => Source::Role,
        (Root::Principal, ["suspended"], true) => Source::Suspended,
        (Root::Principal, ["name"], true) => Source::SystemName,
        (Root::Resource, [], true) => Source::Resource,
        (Root::Resource, ["workspace"], true) => Source::ResourceWorkspace,
        (Root::Context, ["archived"], true) => Source::Archived,
        _ => Source::Elsewhere,
    }
}
