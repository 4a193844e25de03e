//! The decision point: one question about one workspace.

use cedar_policy::{Context, Decision, EntityId, EntityTypeName, EntityUid, Request, Schema};
use prodops_policy::PolicyFile;
use prodops_policy::decision_point::{DecisionPoint, DecisionPointError, Sources};
use prodops_policy::program::{Combiner, Program};
use serde_json::{Map, Value};

use crate::directory::{Directory, DirectoryError, Tenant};
use crate::model::{Action, Entity};
use crate::vocabulary::Vocabulary;

/// A decision point is not made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PointError {
    /// Schema, policies or entities are not taken, with file, line and column.
    #[error(transparent)]
    Texts(#[from] DecisionPointError),
    /// The entities cannot be parted by workspace.
    #[error(transparent)]
    Directory(#[from] DirectoryError),
    /// What was taken once is refused the second time.
    #[error("{0}")]
    Cedar(String),
}

/// Policies made ready, and the workspaces that they are asked about.
#[derive(Debug)]
pub struct Point {
    pub(crate) schema: Schema,
    pub(crate) program: Program,
    pub(crate) vocabulary: Vocabulary,
    pub(crate) directory: Directory,
}

/// What comes of a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It is decided. A denial names the policies that forbade it; an allowance needs no reason.
    Decided { allowed: bool, policies: Vec<String> },
    /// Something is not known in this workspace; that it is known in another one looks the same.
    Unknown(&'static str),
    /// The context is not what the schema says.
    Unfit(String),
}

/// A question that can be decided or filtered.
pub(crate) struct Ready<'a> {
    pub(crate) request: Request,
    pub(crate) tenant: &'a Tenant,
}

impl Point {
    /// Loads schema, policies and entities. Everything must fit the schema.
    ///
    /// # Errors
    /// When something is wrong with a text, or entities of two workspaces are entangled.
    pub fn load(
        schema: PolicyFile<'_>,
        policies: PolicyFile<'_>,
        entities: PolicyFile<'_>,
    ) -> Result<Self, PointError> {
        // Says what is wrong where, and names the policies by their `@id`.
        let checked =
            DecisionPoint::load(&Sources { schema: Some(schema), policies, entities: Some(entities) })?;
        let text = schema.text;
        let cedar = |error: &dyn std::fmt::Display| PointError::Cedar(error.to_string());
        let schema: Schema = text.parse().map_err(|error: cedar_policy::CedarSchemaError| cedar(&error))?;
        let program = Program::compile(&schema, checked.policies()).map_err(|error| cedar(&error))?;
        let entities = cedar_policy::Entities::from_json_str(entities.text, Some(&schema));
        let entities = entities.map_err(|error| cedar(&error))?;
        let directory = Directory::part(&entities, &schema)?;
        Ok(Self { vocabulary: Vocabulary::of(&schema, text), schema, program, directory })
    }

    /// The workspaces that it knows.
    #[must_use]
    pub const fn directory(&self) -> &Directory {
        &self.directory
    }

    /// Decides what a service asks about its workspace.
    pub(crate) fn decide(
        &self,
        workspace: &str,
        subject: &Entity,
        action: &Action,
        resource: &Entity,
        context: Map<String, Value>,
    ) -> Outcome {
        let known = || {
            let tenant = self.directory.tenant(workspace).ok_or(Outcome::Unknown("subject"))?;
            let subject = self.known(tenant, subject).ok_or(Outcome::Unknown("subject"))?;
            let action = self.vocabulary.action(&action.name).ok_or(Outcome::Unknown("action"))?;
            let resource = self.known(tenant, resource).ok_or(Outcome::Unknown("resource"))?;
            let Some(request) = self.request(&subject, action, &resource, context)? else {
                return Ok(Outcome::Decided { allowed: false, policies: Vec::new() });
            };
            Ok(self.answer(&Ready { request, tenant }))
        };
        known().unwrap_or_else(|outcome| outcome)
    }

    /// The entity with this type and id in a workspace.
    pub(crate) fn known(&self, tenant: &Tenant, named: &Entity) -> Option<EntityUid> {
        let uid = uid(self.vocabulary.kind(&named.kind)?, &named.id);
        tenant.entities.get(&uid).map(|_| uid)
    }

    /// A request; none when the action is nothing that such a subject does to such a resource.
    pub(crate) fn request(
        &self,
        subject: &EntityUid,
        action: &EntityUid,
        resource: &EntityUid,
        context: Map<String, Value>,
    ) -> Result<Option<Request>, Outcome> {
        let applies =
            self.schema.actions_for_principal_and_resource(subject.type_name(), resource.type_name());
        if !applies.into_iter().any(|each| each == action) {
            return Ok(None);
        }
        let context = Value::Object(self.vocabulary.read(action, context));
        let context = Context::from_json_value(context, Some((&self.schema, action)));
        let context = context.map_err(|error| Outcome::Unfit(error.to_string()))?;
        let (subject, action, resource) = (subject.clone(), action.clone(), resource.clone());
        let request = Request::new(subject, action, resource, context, Some(&self.schema));
        request.map(Some).map_err(|error| Outcome::Unfit(error.to_string()))
    }

    /// Decides by the strict rules: a forbid that fails denies.
    pub(crate) fn answer(&self, ready: &Ready<'_>) -> Outcome {
        let mut explanation = self.program.explanation();
        self.program.ask(&ready.request, &ready.tenant.entities).explain(&mut explanation);
        let name = |number| self.program.policy_id(number).map(ToString::to_string);
        if explanation.decision(Combiner::Strict) == Decision::Allow {
            return Outcome::Decided { allowed: true, policies: Vec::new() };
        }
        let forbids = explanation.reasons(Combiner::Strict).iter().chain(explanation.errors());
        Outcome::Decided { allowed: false, policies: forbids.filter_map(name).collect() }
    }

    /// Whether it is allowed.
    pub(crate) fn allows(&self, ready: &Ready<'_>) -> bool {
        self.program.ask(&ready.request, &ready.tenant.entities).decide(Combiner::Strict) == Decision::Allow
    }
}

pub(crate) fn uid(ty: &EntityTypeName, id: &str) -> EntityUid {
    EntityUid::from_type_name_and_id(ty.clone(), EntityId::new(id))
}
