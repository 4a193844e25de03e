//! What things are done to, as policies see them: a few facts, each with the workspace that the thing belongs to.
//!
//! One type of facts per resource type of the schema; `generated/resources.rs` lists them, this file says what is made of them.

use prodops_core::audit::AuditObject;
use prodops_core::id::WorkspaceId;

pub(crate) use crate::generated::resources::ResourceKey;
use crate::vocabulary::{Attributes, EntityType};

impl From<ResourceKey> for AuditObject {
    fn from(key: ResourceKey) -> Self {
        match key {
            ResourceKey::Integration(id) | ResourceKey::Credential(id) => Self::Connection(id),
            ResourceKey::Repository(id) | ResourceKey::Activity(id) => Self::Repository(id),
            ResourceKey::Membership(id) => Self::Member(id),
            ResourceKey::ApiToken(id) => Self::ApiToken(id),
            ResourceKey::AuditLog => Self::AuditLog,
            // What is personal or has no object of its own in the log: the entry's action says what it was.
            ResourceKey::Workspace
            | ResourceKey::Team(_)
            | ResourceKey::Person(_)
            | ResourceKey::HrRecord(_)
            | ResourceKey::MetricReport
            | ResourceKey::HealthScore
            | ResourceKey::Incident(_)
            | ResourceKey::PolicySet
            | ResourceKey::Export(_) => Self::Workspace,
        }
    }
}

/// The facts of one resource. Sealed: the schema names the resource types.
///
/// # Security
/// Take every field from the row that you are about to use, `workspace` before all, and not from the scope that asks: the
/// tenant policy compares the two, and copying one over the other makes that comparison say nothing.
pub trait ResourceFacts: Attributes + Copy + Send + Sync + 'static {
    /// The workspace that the resource belongs to.
    fn workspace(&self) -> WorkspaceId;
    /// Which resource it is.
    fn key(&self) -> ResourceKey;
}

impl ResourceKey {
    /// The type's name in the schema.
    #[must_use]
    pub const fn type_name(self) -> &'static str {
        self.entity_type().name()
    }

    /// A resource of this type that stands for any other of its workspace; `None` for what is no resource.
    pub(crate) fn representative(ty: EntityType) -> Option<Self> {
        Self::representatives().into_iter().find(|key| key.entity_type() == ty)
    }
}

macro_rules! resource_keys {
    ($($(#[$doc:meta])* $name:ident $(($id:ty))?;)*) => {
        /// Which thing a permit is for, without its workspace.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum ResourceKey {
            $($(#[$doc])* $name $(($id))?,)*
        }

        impl ResourceKey {
            pub(crate) const fn entity_type(self) -> EntityType {
                match self {
                    $(Self::$name { .. } => EntityType::$name,)*
                }
            }

            /// The bytes of the id; `None` for what a workspace has one of.
            pub(crate) const fn id(&self) -> Option<[u8; 16]> {
                $($(if let Self::$name(id) = self {
                    let id: &$id = id;
                    return Some(*id.as_bytes());
                })?)*
                None
            }

            pub(crate) fn representatives() -> impl IntoIterator<Item = Self> {
                [$(Self::$name $((<$id>::from_bytes([0; 16])))?,)*]
            }
        }
    };
}

macro_rules! attributes_of {
    ($name:ident { $($field:ident: $attribute:ident;)* }) => {
        impl Attributes for $name {
            fn attribute(&self, attribute: Attribute) -> Fact {
                match attribute {
                    $(Attribute::$attribute => AsFact::fact(&self.$field),)*
                    #[allow(unreachable_patterns, reason = "some type may have every attribute")]
                    _ => Fact::Absent,
                }
            }
        }
    };
}

/// What a workspace has one of.
macro_rules! whole {
    ($(#[$doc:meta])* $name:ident is $ty:ident {}) => {
        whole! { @facts $(#[$doc])* $name is $ty {} }

        impl $name {
            /// The one of the scope's own workspace: there is no row that could say otherwise.
            #[must_use]
            pub const fn of(scope: &WorkspaceScope) -> Self {
                Self { workspace: scope.workspace() }
            }
        }
    };
    ($(#[$doc:meta])* $name:ident is $ty:ident { $($fields:tt)+ }) => {
        whole! { @facts $(#[$doc])* $name is $ty { $($fields)+ } }
    };
    (@facts $(#[$doc:meta])* $name:ident is $ty:ident {
        $($(#[$about:meta])* $field:ident: $kind:ty, $attribute:ident;)*
    }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub struct $name {
            /// The workspace that it belongs to.
            pub workspace: WorkspaceId,
            $($(#[$about])* pub $field: $kind,)*
        }

        attributes_of! { $name { $($field: $attribute;)* } }

        impl ResourceFacts for $name {
            fn workspace(&self) -> WorkspaceId {
                self.workspace
            }
            fn key(&self) -> ResourceKey {
                ResourceKey::$ty
            }
        }
    };
}

/// What a workspace has many of, each with an id.
macro_rules! row {
    ($(#[$doc:meta])* $name:ident is $ty:ident($id:ty) {
        $($(#[$about:meta])* $field:ident: $kind:ty, $attribute:ident;)*
    }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub struct $name {
            /// The workspace of the row.
            pub workspace: WorkspaceId,
            /// The id of the row.
            pub id: $id,
            $($(#[$about])* pub $field: $kind,)*
        }

        attributes_of! { $name { $($field: $attribute;)* } }

        impl ResourceFacts for $name {
            fn workspace(&self) -> WorkspaceId {
                self.workspace
            }
            fn key(&self) -> ResourceKey {
                ResourceKey::$ty(self.id)
            }
        }
    };
}

pub(crate) use {attributes_of, resource_keys, row, whole};
