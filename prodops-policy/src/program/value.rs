//! Values as conditions compute with them: sixteen bytes, equal exactly when Cedar's values are equal.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;

/// An entity's type and id, both as numbers of texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Uid {
    pub(crate) ty: u32,
    pub(crate) id: u32,
}

/// A value. Texts, sets, records and addresses are numbers of what [`Terms`] holds once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Value {
    Bool(bool),
    Long(i64),
    /// Milliseconds since 1970.
    Datetime(i64),
    /// Milliseconds.
    Duration(i64),
    /// Ten-thousandths.
    Decimal(i64),
    Text(u32),
    Entity(Uid),
    Set(u32),
    Record(u32),
    Ip(u32),
}

/// What does not fit into a value.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Compound {
    /// Ordered, without repetition: equal sets are equal slices.
    Set(Box<[Value]>),
    /// Ordered by the number of the attribute's name.
    Record(Box<[(u32, Value)]>),
    Ip(IpAddr, u8),
}

/// Every text and compound once, under a number. One layer may stand on another: what the lower one knows keeps its number,
/// so that numbers of both can be compared.
#[derive(Debug, Default)]
pub(crate) struct Terms<'b> {
    base: Option<&'b Terms<'static>>,
    texts: HashMap<Arc<str>, u32>,
    spelling: Vec<Arc<str>>,
    compounds: HashMap<Arc<Compound>, u32>,
    parts: Vec<Arc<Compound>>,
}

impl<'b> Terms<'b> {
    /// A layer over the terms of a program.
    pub(crate) fn over(base: &'b Terms<'static>) -> Self {
        Self { base: Some(base), ..Self::default() }
    }

    /// The number of a text.
    pub(crate) fn text(&mut self, text: &str) -> u32 {
        if let Some(known) = self.find(text) {
            return known;
        }
        let number = number(self.text_count());
        let text: Arc<str> = text.into();
        self.spelling.push(Arc::clone(&text));
        self.texts.insert(text, number);
        number
    }

    /// The number of a text that is known already.
    pub(crate) fn find(&self, text: &str) -> Option<u32> {
        let below = self.base.and_then(|base| base.find(text));
        below.or_else(|| self.texts.get(text).copied())
    }

    /// The text with a number.
    pub(crate) fn spelling(&self, number: u32) -> Option<&str> {
        let (own, layer) = self.layer(number, Terms::text_count);
        layer.spelling.get(own).map(AsRef::as_ref)
    }

    /// Every text of this layer with its number.
    pub(crate) fn texts(&self) -> impl Iterator<Item = (&str, u32)> {
        self.texts.iter().map(|(text, &number)| (&**text, number))
    }

    /// How many texts there are, lower layers included: no text has this number or a greater one.
    pub(crate) fn text_count(&self) -> usize {
        self.base.map_or(0, Terms::text_count) + self.spelling.len()
    }

    pub(crate) fn uid(&mut self, ty: &str, id: &str) -> Uid {
        Uid { ty: self.text(ty), id: self.text(id) }
    }

    pub(crate) fn set(&mut self, mut members: Vec<Value>) -> Value {
        members.sort_unstable();
        members.dedup();
        Value::Set(self.compound(Compound::Set(members.into())))
    }

    pub(crate) fn record(&mut self, mut fields: Vec<(u32, Value)>) -> Value {
        fields.sort_unstable();
        Value::Record(self.compound(Compound::Record(fields.into())))
    }

    pub(crate) fn ip(&mut self, address: IpAddr, prefix: u8) -> Value {
        Value::Ip(self.compound(Compound::Ip(address, prefix)))
    }

    /// The members of a set, ordered.
    pub(crate) fn members(&self, number: u32) -> &[Value] {
        let (own, layer) = self.layer(number, Terms::compound_count);
        match layer.parts.get(own).map(AsRef::as_ref) {
            Some(Compound::Set(members)) => members,
            _ => &[],
        }
    }

    fn compound(&mut self, compound: Compound) -> u32 {
        if let Some(known) = self.find_compound(&compound) {
            return known;
        }
        let number = number(self.compound_count());
        let compound = Arc::new(compound);
        self.parts.push(Arc::clone(&compound));
        self.compounds.insert(compound, number);
        number
    }

    fn find_compound(&self, compound: &Compound) -> Option<u32> {
        let below = self.base.and_then(|base| base.find_compound(compound));
        below.or_else(|| self.compounds.get(compound).copied())
    }

    fn compound_count(&self) -> usize {
        self.base.map_or(0, Terms::compound_count) + self.parts.len()
    }

    /// The layer that a number belongs to, and its place there.
    fn layer(&self, number: u32, count: fn(&Terms<'static>) -> usize) -> (usize, &Terms<'_>) {
        let number = number as usize;
        match self.base {
            Some(base) if number < count(base) => (number, base),
            Some(base) => (number - count(base), self),
            None => (number, self),
        }
    }
}

/// INVARIANT: a process cannot hold four thousand million terms; saturating keeps the conversion total.
fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_takes_sixteen_bytes() {
        assert_eq!(size_of::<Value>(), 16);
        assert_eq!(size_of::<Option<Value>>(), 16);
    }

    #[test]
    fn equal_things_have_equal_numbers_across_layers() {
        let mut program = Terms::default();
        let (a, b) = (program.text("a"), program.text("b"));
        let set = program.set(vec![Value::Text(b), Value::Text(a), Value::Text(b)]);
        let mut request = Terms::over(&program);
        assert_eq!(request.text("a"), a);
        let c = request.text("c");
        assert!(c > b && request.find("c") == Some(c) && request.find("d").is_none());
        assert_eq!((request.spelling(a), request.spelling(c)), (Some("a"), Some("c")));
        assert_eq!(request.set(vec![Value::Text(a), Value::Text(b)]), set);
        let own = request.set(vec![Value::Text(c)]);
        assert_ne!(own, set);
        let (Value::Set(set), Value::Set(own)) = (set, own) else { unreachable!() };
        assert_eq!(request.members(set).len(), 2);
        assert_eq!(request.members(own), [Value::Text(c)]);
    }
}
