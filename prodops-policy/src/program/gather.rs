//! From what Cedar's public interface shows of entities and contexts to values, path by path.

use cedar_policy::{Entities, EntityUid, EvalResult, Request};

use super::extension;
use super::path::{Path, Root};
use super::value::{Terms, Uid, Value};

/// What is in a slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Slot {
    /// Nothing: whoever reads it fails, as Cedar does for an attribute or entity that does not exist.
    Missing,
    /// Something that has no form as a value here: whoever reads it is evaluated by Cedar instead.
    Opaque,
    /// A value.
    Value(Value),
}

/// The value of what Cedar shows; `None` for what has no form here.
pub(crate) fn value(terms: &mut Terms<'_>, shown: &EvalResult) -> Option<Value> {
    Some(match shown {
        EvalResult::Bool(truth) => Value::Bool(*truth),
        EvalResult::Long(number) => Value::Long(*number),
        EvalResult::String(text) => Value::Text(terms.text(text)),
        EvalResult::EntityUid(entity) => Value::Entity(uid(terms, entity)),
        EvalResult::Set(set) => {
            let members = set.iter().map(|member| value(terms, member)).collect::<Option<_>>()?;
            terms.set(members)
        }
        EvalResult::Record(record) => {
            let mut fields = Vec::with_capacity(record.len());
            for (name, field) in record.iter() {
                fields.push((terms.text(name), value(terms, field)?));
            }
            terms.record(fields)
        }
        EvalResult::ExtensionValue(call) => extension::value(terms, call)?,
    })
}

/// The entity under its numbers.
pub(crate) fn uid(terms: &mut Terms<'_>, entity: &EntityUid) -> Uid {
    terms.uid(&entity.type_name().to_string(), entity.id().unescaped())
}

/// The entity under its numbers, when both are known.
pub(crate) fn find(terms: &Terms<'_>, entity: &EntityUid) -> Option<Uid> {
    let id = terms.find(entity.id().unescaped())?;
    Some(Uid { ty: terms.find(&entity.type_name().to_string())?, id })
}

/// Reads one path; when there is an entity at its end, that too.
pub(crate) fn read(
    terms: &mut Terms<'_>,
    path: &Path,
    request: &Request,
    entities: &Entities,
) -> (Slot, Option<EntityUid>) {
    let reader = Reader { request, entities };
    let place = match reader.follow(path) {
        Found::At(place) => place,
        Found::Absent | Found::NoAttributes => return (Slot::Missing, None),
        Found::Opaque => return (Slot::Opaque, None),
    };
    if !path.has.is_empty() {
        return (reader.present(place, &path.has), None);
    }
    let Place::Value(shown) = place else { return (Slot::Opaque, None) };
    let slot = value(terms, &shown).map_or(Slot::Opaque, Slot::Value);
    (slot, if let EvalResult::EntityUid(entity) = shown { Some(entity) } else { None })
}

/// Where a path has led.
enum Place {
    /// The context, which has attributes but no form as a whole.
    Context,
    Value(EvalResult),
}

/// What a step comes to.
enum Found {
    At(Place),
    Absent,
    /// The step began neither at a record nor at an entity.
    NoAttributes,
    Opaque,
}

impl Found {
    fn value(value: EvalResult) -> Self {
        Self::At(Place::Value(value))
    }
}

struct Reader<'a> {
    request: &'a Request,
    entities: &'a Entities,
}

impl Reader<'_> {
    fn follow(&self, path: &Path) -> Found {
        let mut found = self.start(&path.root);
        for attribute in &path.attributes {
            found = match found {
                Found::At(place) => self.attribute(&place, attribute),
                stopped => return stopped,
            };
        }
        found
    }

    fn start(&self, root: &Root) -> Found {
        let entity = match root {
            Root::Principal => self.request.principal(),
            Root::Action => self.request.action(),
            Root::Resource => self.request.resource(),
            Root::Named(entity) => Some(entity),
            Root::Context => return Found::At(Place::Context),
        };
        entity.map_or(Found::Opaque, |entity| Found::value(EvalResult::EntityUid(entity.clone())))
    }

    fn attribute(&self, place: &Place, attribute: &str) -> Found {
        match place {
            Place::Context => match self.request.context() {
                None => Found::Opaque,
                Some(context) => context.get(attribute).map_or(Found::Absent, Found::value),
            },
            Place::Value(EvalResult::Record(record)) => {
                record.get(attribute).cloned().map_or(Found::Absent, Found::value)
            }
            Place::Value(EvalResult::EntityUid(entity)) => {
                match self.entities.get(entity).and_then(|entity| entity.attr(attribute)) {
                    None => Found::Absent,
                    Some(Ok(value)) => Found::value(value),
                    Some(Err(_)) => Found::Opaque,
                }
            }
            Place::Value(_) => Found::NoAttributes,
        }
    }

    /// `place has a.b.c`: absent at any step is `false`; a step from what has no attributes fails.
    fn present(&self, mut place: Place, attributes: &[String]) -> Slot {
        for attribute in attributes {
            place = match self.attribute(&place, attribute) {
                Found::At(next) => next,
                Found::Absent => return Slot::Value(Value::Bool(false)),
                Found::NoAttributes => return Slot::Missing,
                Found::Opaque => return Slot::Opaque,
            };
        }
        Slot::Value(Value::Bool(true))
    }
}
