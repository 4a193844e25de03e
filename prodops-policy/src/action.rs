//! What can be done: one type per action of the schema. `generated/actions.rs` lists them.

use std::fmt::Debug;

use crate::resource::ResourceFacts;
use crate::vocabulary::ActionKind;

pub(crate) mod sealed {
    /// Ties an action type to its place in the loaded schema.
    pub trait Sealed {
        /// Which action it is.
        const KIND: super::ActionKind;
    }
}

/// An action of the policy schema. Sealed: the schema and this crate name the same actions, and a test compares them.
pub trait Action: sealed::Sealed + Debug + Send + Sync + 'static {
    /// What it is done to.
    type Resource: ResourceFacts;
    /// Its name in the schema, in audit events and in logs.
    const NAME: &'static str;
}

/// The type of what an action is done to, as the schema names it.
#[must_use]
pub const fn resource_type<A: Action>() -> &'static str {
    A::KIND.resource().name()
}

/// The name of every action, in the order of the schema: what an audit event of a workspace can be about.
pub fn action_names() -> impl ExactSizeIterator<Item = &'static str> {
    ActionKind::ALL.iter().map(|kind| kind.name())
}

/// An action that lists rows: it can be answered with a [`Visible`](crate::Visible).
pub trait ListAction: Action {}

macro_rules! actions {
    ($($(#[$doc:meta])* $name:ident($resource:ty) $($list:ident)?;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub struct $name;

        impl sealed::Sealed for $name {
            const KIND: ActionKind = ActionKind::$name;
        }

        impl Action for $name {
            type Resource = $resource;
            const NAME: &'static str = stringify!($name);
        }

        $(actions! { @$list $name })?
    )*};
    (@list $name:ident) => {
        impl ListAction for $name {}
    };
}

pub(crate) use actions;
