//! The names of the schema as values: entity types, attributes and actions, and what shape a resource has.
//!
//! The lists themselves are generated from the schema, in `generated/vocabulary.rs`; this file says what is made of them.

use prodops_core::filter::Column;
use prodops_core::id::{ConnectionId, MembershipId, PersonId, RepositoryId, TeamId};
use prodops_core::tenancy::Role;

pub(crate) use crate::generated::vocabulary::{ActionKind, Attribute, EntityType};
use crate::sensitivity::Sensitivity;

/// The value of an attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fact {
    /// The resource does not have it.
    Absent,
    /// An entity of a type, by the bytes of its id.
    Entity(EntityType, [u8; 16]),
    /// A role.
    Role(Role),
    /// How sensitive something is.
    Level(Sensitivity),
}

/// What kind of value an attribute has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// An entity of a type.
    Entity(EntityType),
    /// A role.
    Role,
    /// A sensitivity.
    Level,
}

/// One attribute of a type of resource, its workspace apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Shape {
    pub(crate) attribute: Attribute,
    pub(crate) kind: Kind,
    pub(crate) optional: bool,
    /// Under which name stores filter by it, if they do.
    pub(crate) column: Option<Column>,
}

/// What policies can read of a resource.
pub trait Attributes {
    /// The value of an attribute.
    fn attribute(&self, attribute: Attribute) -> Fact;
}

/// A resource of which nothing is known but its type, its workspace and its id.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bare;

impl Attributes for Bare {
    fn attribute(&self, _: Attribute) -> Fact {
        Fact::Absent
    }
}

/// How a field of a resource's facts looks to policies.
pub(crate) trait AsFact {
    fn fact(&self) -> Fact;
}

macro_rules! ids_as_facts {
    ($($id:ty => $ty:ident;)*) => {$(
        impl AsFact for $id {
            fn fact(&self) -> Fact {
                Fact::Entity(EntityType::$ty, *self.as_bytes())
            }
        }
    )*};
}

ids_as_facts! {
    MembershipId => Member;
    TeamId => Team;
    PersonId => Person;
    ConnectionId => Integration;
    RepositoryId => Repository;
}

impl AsFact for Role {
    fn fact(&self) -> Fact {
        Fact::Role(*self)
    }
}

impl AsFact for Sensitivity {
    fn fact(&self) -> Fact {
        Fact::Level(*self)
    }
}

impl<T: AsFact> AsFact for Option<T> {
    fn fact(&self) -> Fact {
        self.as_ref().map_or(Fact::Absent, AsFact::fact)
    }
}

macro_rules! entity_types {
    ($($name:ident;)*) => {
        /// The entity types of the schema.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum EntityType {
            $(#[doc = concat!("`ProdOps::", stringify!($name), "`.")] $name,)*
        }

        impl EntityType {
            pub(crate) const ALL: &[Self] = &[$(Self::$name,)*];

            /// Its name, without the namespace.
            pub(crate) const fn name(self) -> &'static str {
                match self {
                    $(Self::$name => stringify!($name),)*
                }
            }
        }
    };
}

macro_rules! attributes {
    ($($name:ident = $text:literal;)*) => {
        /// The attributes of resources, `workspace` apart.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Attribute {
            $(#[doc = concat!("`", $text, "`.")] $name,)*
        }

        impl Attribute {
            /// Its name.
            pub(crate) const fn name(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)*
                }
            }

            /// The attribute with this name.
            pub(crate) fn named(name: &str) -> Option<Self> {
                match name {
                    $($text => Some(Self::$name),)*
                    _ => None,
                }
            }
        }
    };
}

macro_rules! shapes {
    ($($name:ident $key:tt { $($attribute:ident: $kind:expr, $optional:literal, $column:tt;)* })*) => {
        impl EntityType {
            /// The attributes of a type of resource, `workspace` apart.
            pub(crate) const fn shape(self) -> &'static [Shape] {
                match self {
                    $(Self::$name => const {
                        &[$(Shape {
                            attribute: Attribute::$attribute,
                            kind: $kind,
                            optional: $optional,
                            column: shapes!(@column $column),
                        },)*]
                    },)*
                    _ => &[],
                }
            }

            /// Under which name stores filter by the resource itself, if they do.
            pub(crate) const fn column(self) -> Option<Column> {
                match self {
                    $(Self::$name => shapes!(@column $key),)*
                    _ => None,
                }
            }
        }
    };
    (@column -) => { None };
    (@column $name:literal) => { Some(Column::new($name)) };
}

macro_rules! action_kinds {
    ($($name:ident($resource:ident) $list:literal;)*) => {
        /// The actions as values, in the order of the schema.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum ActionKind {
            $(#[doc = concat!("`", stringify!($name), "`.")] $name,)*
        }

        impl ActionKind {
            pub(crate) const ALL: &[Self] = &[$(Self::$name,)*];

            pub(crate) const fn name(self) -> &'static str {
                match self {
                    $(Self::$name => stringify!($name),)*
                }
            }

            /// The type of resource that the action applies to.
            pub(crate) const fn resource(self) -> EntityType {
                match self {
                    $(Self::$name => EntityType::$resource,)*
                }
            }

            /// Whether it lists rows.
            pub(crate) const fn is_list(self) -> bool {
                match self {
                    $(Self::$name => $list,)*
                }
            }
        }
    };
}

pub(crate) use {action_kinds, attributes, entity_types, shapes};
