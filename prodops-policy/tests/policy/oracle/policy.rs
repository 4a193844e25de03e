//! Random policies over a random schema.

use super::chance::Chance;
use super::world::{Field, GROUPS, IDS, Kind, TYPES, World, uid, value};

/// Writes policies. With `wild`, parts may be of any type, and attributes may be of anything.
pub(crate) struct Writer<'a> {
    pub(crate) world: &'a World,
    pub(crate) chance: &'a mut Chance,
    pub(crate) wild: bool,
    principal: usize,
    resource: usize,
}

impl<'a> Writer<'a> {
    pub(crate) fn new(world: &'a World, chance: &'a mut Chance, wild: bool) -> Self {
        Self { world, chance, wild, principal: 0, resource: 0 }
    }

    pub(crate) fn policy(&mut self) -> String {
        let action = &self.world.actions[self.chance.below(self.world.actions.len())];
        self.principal = self.chance.of(&action.principals);
        self.resource = self.chance.of(&action.resources);
        let name = action.name.clone();
        let action = match self.chance.below(5) {
            0 if self.wild => "action".to_owned(),
            1 => format!("action in Action::\"{}\"", self.chance.of(GROUPS)),
            2 => format!("action in [Action::\"{name}\", Action::\"act1\"]"),
            _ => format!("action == Action::\"{name}\""),
        };
        let effect = if self.chance.once_in(3) { "forbid" } else { "permit" };
        let principal = self.side("principal", self.principal);
        let resource = self.side("resource", self.resource);
        let mut text = format!("{effect}({principal}, {action}, {resource})");
        for _ in 0..self.chance.below(3) {
            let clause = if self.chance.once_in(4) { "unless" } else { "when" };
            let condition = self.expression(&Kind::Bool, 4);
            text.push_str(&format!(" {clause} {{ {condition} }}"));
        }
        text.push(';');
        text
    }

    fn side(&mut self, variable: &str, ty: usize) -> String {
        let name = TYPES[ty];
        let other = self.chance.below(TYPES.len());
        match self.chance.below(8) {
            0 => format!("{variable} == {}", uid(ty, self.chance.of(IDS))),
            1 => format!("{variable} in {}", uid(other, self.chance.of(IDS))),
            2 => format!("{variable} is {name} in {}", uid(other, self.chance.of(IDS))),
            3 if self.wild => variable.to_owned(),
            _ => format!("{variable} is {name}"),
        }
    }

    /// An expression of a kind.
    pub(crate) fn expression(&mut self, wanted: &Kind, depth: usize) -> String {
        let any = [Kind::Bool, Kind::Long, Kind::Text, Kind::Entity(0), Kind::Datetime, Kind::Duration];
        if self.wild && self.chance.once_in(25) {
            let other = self.chance.of(&any);
            return self.exact(&other, depth);
        }
        self.exact(wanted, depth)
    }

    fn exact(&mut self, wanted: &Kind, depth: usize) -> String {
        if depth == 0 || self.chance.once_in(4) {
            return self.leaf(wanted);
        }
        let d = depth - 1;
        if self.chance.once_in(12) {
            let test = self.expression(&Kind::Bool, d);
            let (then, other) = (self.expression(wanted, d), self.expression(wanted, d));
            return format!("(if {test} then {then} else {other})");
        }
        match wanted {
            Kind::Bool => self.truth(d),
            Kind::Long => self.number(d),
            Kind::Datetime if self.chance.once_in(2) => {
                let (at, span) = (self.expression(wanted, d), self.expression(&Kind::Duration, d));
                format!("({at}).offset({span})")
            }
            Kind::Datetime => format!("({}).toDate()", self.expression(wanted, d)),
            Kind::Duration if self.chance.once_in(2) => {
                let (at, since) = (self.expression(&Kind::Datetime, d), self.expression(&Kind::Datetime, d));
                format!("({at}).durationSince({since})")
            }
            Kind::Duration => format!("({}).toTime()", self.expression(&Kind::Datetime, d)),
            Kind::Set(of) if self.chance.once_in(3) => {
                let count = 1 + self.chance.below(2);
                let members: Vec<_> = (0..count).map(|_| self.expression(of, d)).collect();
                format!("[{}]", members.join(", "))
            }
            _ => self.leaf(wanted),
        }
    }

    fn number(&mut self, d: usize) -> String {
        let units = ["toMilliseconds", "toSeconds", "toMinutes", "toHours", "toDays"];
        match self.chance.below(5) {
            0 => format!("(-({}))", self.expression(&Kind::Long, d)),
            1 => format!("({}).{}()", self.expression(&Kind::Duration, d), self.chance.of(&units)),
            n => {
                let (left, right) = (self.expression(&Kind::Long, d), self.expression(&Kind::Long, d));
                format!("({left} {} {right})", ["*", "+", "-"][n - 2])
            }
        }
    }

    fn truth(&mut self, d: usize) -> String {
        match self.chance.below(13) {
            0 | 1 => format!("({} && {})", self.expression(&Kind::Bool, d), self.expression(&Kind::Bool, d)),
            2 | 3 => format!("({} || {})", self.expression(&Kind::Bool, d), self.expression(&Kind::Bool, d)),
            4 => format!("!({})", self.expression(&Kind::Bool, d)),
            5 | 6 => self.comparison(d),
            7 => self.membership(d),
            8 => self.presence(),
            9 => self.of_sets(d),
            10 => format!("({} is {})", self.entity(), self.chance.of(TYPES)),
            11 => self.guarded(d),
            _ => self.foreign(d),
        }
    }

    fn comparison(&mut self, d: usize) -> String {
        let ordered = [Kind::Long, Kind::Datetime, Kind::Duration];
        let ty = Kind::Entity(self.chance.below(TYPES.len()));
        let any = [Kind::Long, Kind::Text, Kind::Bool, ty, Kind::Decimal, Kind::Ip, Kind::Duration];
        let (kind, operator) = if self.chance.once_in(2) {
            (self.chance.of(&ordered), self.chance.of(&["<", "<=", ">", ">="]))
        } else {
            (self.chance.of(&any), self.chance.of(&["==", "!="]))
        };
        format!("({} {operator} {})", self.expression(&kind, d), self.expression(&kind, d))
    }

    fn membership(&mut self, d: usize) -> String {
        let (left, ty) = (self.entity(), self.chance.below(TYPES.len()));
        let right = match self.chance.below(3) {
            0 => self.expression(&Kind::Set(Box::new(Kind::Entity(ty))), d),
            1 => format!("[{}, {}]", self.entity(), uid(ty, self.chance.of(IDS))),
            _ => self.expression(&Kind::Entity(ty), d),
        };
        let is = if self.chance.once_in(3) { format!("is {} ", TYPES[ty]) } else { String::new() };
        format!("({left} {is}in {right})")
    }

    fn presence(&mut self) -> String {
        let (variable, fields) = self.variable();
        let name = if self.wild && self.chance.once_in(3) { "zz" } else { self.chance.of(&fields).name };
        let deep = if self.chance.once_in(3) { ".a" } else { "" };
        format!("({variable} has {name}{deep})")
    }

    /// The usual form: an optional attribute behind its `has`.
    fn guarded(&mut self, d: usize) -> String {
        let (variable, fields) = self.variable();
        let field = self.chance.of(&fields);
        let read = format!("{variable}.{}", field.name);
        let condition = match field.kind {
            Kind::Bool => read,
            Kind::Record(_) => "true".to_owned(),
            kind => format!("{read} == {}", self.expression(&kind, d)),
        };
        format!("({variable} has {} && {condition})", field.name)
    }

    fn of_sets(&mut self, d: usize) -> String {
        let ty = Kind::Entity(self.chance.below(TYPES.len()));
        let of = self.chance.of(&[Kind::Long, Kind::Text, Kind::Ip, ty]);
        let set = Kind::Set(Box::new(of.clone()));
        let left = self.expression(&set, d);
        match self.chance.below(4) {
            0 => format!("({left}).isEmpty()"),
            1 => format!("({left}).containsAll({})", self.expression(&set, d)),
            2 => format!("({left}).containsAny({})", self.expression(&set, d)),
            _ => format!("({left}).contains({})", self.expression(&of, d)),
        }
    }

    /// What only Cedar evaluates.
    fn foreign(&mut self, d: usize) -> String {
        match self.chance.below(4) {
            0 => format!("({} like \"*x*\")", self.expression(&Kind::Text, d)),
            1 => format!("({}).isLoopback()", self.expression(&Kind::Ip, d)),
            2 => {
                let (left, right) = (self.expression(&Kind::Decimal, d), self.expression(&Kind::Decimal, d));
                format!("({left}).lessThan({right})")
            }
            _ => format!("({0}.hasTag(\"t\") && {0}.getTag(\"t\") > 0)", self.entity()),
        }
    }

    fn entity(&mut self) -> String {
        let ty = self.chance.below(TYPES.len());
        match self.chance.below(4) {
            0 => "principal".to_owned(),
            1 => "resource".to_owned(),
            2 => "action".to_owned(),
            _ => self.leaf(&Kind::Entity(ty)),
        }
    }

    fn variable(&mut self) -> (&'static str, Vec<Field>) {
        match self.chance.below(3) {
            0 => ("principal", self.world.fields[self.principal].clone()),
            1 => ("resource", self.world.fields[self.resource].clone()),
            _ => ("context", self.world.context.clone()),
        }
    }

    fn leaf(&mut self, wanted: &Kind) -> String {
        let mut paths = Vec::new();
        let wild = self.wild;
        for (root, fields) in [
            ("principal", &self.world.fields[self.principal]),
            ("resource", &self.world.fields[self.resource]),
            ("context", &self.world.context),
        ] {
            collect(self.world, root, fields, wanted, wild, 3, &mut paths);
        }
        if paths.is_empty() || self.chance.once_in(3) {
            return value(self.chance, wanted);
        }
        self.chance.of(&paths)
    }
}

/// Every path to a value of a kind. Optional attributes only where failing is wanted.
fn collect(
    world: &World,
    at: &str,
    fields: &[Field],
    wanted: &Kind,
    wild: bool,
    depth: usize,
    into: &mut Vec<String>,
) {
    for field in fields.iter().filter(|field| wild || !field.optional) {
        let path = format!("{at}.{}", field.name);
        if field.kind == *wanted {
            into.push(path.clone());
        }
        match &field.kind {
            _ if depth == 0 => {}
            Kind::Record(inner) => collect(world, &path, inner, wanted, wild, depth - 1, into),
            Kind::Entity(ty) => collect(world, &path, &world.fields[*ty], wanted, wild, depth - 1, into),
            _ => {}
        }
    }
}
