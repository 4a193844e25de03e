//! From Cedar's syntax to conditions. What this does not know is left to Cedar, whole policies at a time.

use cedar_policy::pst::{BinaryOp, EntityUID, Expr, Literal, UnaryOp, Var};
use cedar_policy::{EntityId, EntityTypeName, EntityUid};

use super::constant;
use super::node::{Binary, Node, Unary};
use super::path::{Path, Paths, Root};
use super::value::{Terms, Uid, Value};

/// The condition has a part that only Cedar evaluates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Unsupported;

/// Deeper conditions are left to Cedar, which limits its own depth by the stack that is left.
const DEPTH: usize = 128;

/// Lowers conditions into one space of terms and paths.
#[derive(Debug)]
pub(crate) struct Lowering<'a> {
    pub(crate) terms: &'a mut Terms<'static>,
    pub(crate) paths: &'a mut Paths,
    depth: usize,
}

impl<'a> Lowering<'a> {
    pub(crate) fn new(terms: &'a mut Terms<'static>, paths: &'a mut Paths) -> Self {
        Self { terms, paths, depth: 0 }
    }

    /// Lowers one expression.
    pub(crate) fn expression(&mut self, expression: &Expr) -> Result<Node, Unsupported> {
        if self.depth == DEPTH {
            return Err(Unsupported);
        }
        self.depth += 1;
        let node = self.shallow(expression);
        self.depth -= 1;
        node
    }

    fn shallow(&mut self, expression: &Expr) -> Result<Node, Unsupported> {
        match expression {
            Expr::Literal(literal) => Ok(Node::Constant(self.literal(literal)?)),
            Expr::Var(_) | Expr::GetAttr { .. } => self.read(expression),
            Expr::HasAttr { expr, attrs } => {
                let mut path = path(expr)?;
                path.has = attrs.iter().map(ToString::to_string).collect();
                self.slot(path).map(Node::Slot)
            }
            Expr::UnaryOp { op, expr } => self.unary(*op, expr),
            Expr::BinaryOp { op: BinaryOp::And | BinaryOp::Or, .. } => self.chain(expression),
            Expr::BinaryOp { op, left, right } => self.binary(*op, left, right),
            Expr::Is { expr, entity_type, in_expr } => {
                let ty = self.terms.text(&entity_type.to_string());
                let is = Node::Is(Box::new(self.expression(expr)?), ty);
                let Some(right) = in_expr else { return Ok(is) };
                Ok(Node::And(vec![is, self.within(expr, right)?]))
            }
            Expr::IfThenElse { cond, then_expr, else_expr } => {
                let parts =
                    [self.expression(cond)?, self.expression(then_expr)?, self.expression(else_expr)?];
                Ok(Node::If(Box::new(parts)))
            }
            Expr::Set(_) | Expr::Record(_) => constant_of(expression, self).map(Node::Constant),
            _ => Err(Unsupported),
        }
    }

    /// Chains of `&&` and `||` become flat: they may be longer than nesting may be deep.
    fn chain(&mut self, expression: &Expr) -> Result<Node, Unsupported> {
        let Expr::BinaryOp { op, .. } = expression else { return Err(Unsupported) };
        let mut terms = Vec::new();
        let mut open = vec![expression];
        while let Some(next) = open.pop() {
            match next {
                Expr::BinaryOp { op: inner, left, right } if inner == op => open.extend([&**right, &**left]),
                other => terms.push(self.expression(other)?),
            }
        }
        Ok(if *op == BinaryOp::And { Node::And(terms) } else { Node::Or(terms) })
    }

    fn unary(&mut self, op: UnaryOp, operand: &Expr) -> Result<Node, Unsupported> {
        if let Some(constructed) = constant::constructed(self.terms, op, operand) {
            return constructed.map(|value| value.map_or(Node::Fail, Node::Constant));
        }
        let operator = match op {
            UnaryOp::Not => Unary::Not,
            UnaryOp::Neg => Unary::Negate,
            UnaryOp::IsEmpty => Unary::IsEmpty,
            UnaryOp::ToDate => Unary::ToDate,
            UnaryOp::ToTime => Unary::ToTime,
            UnaryOp::ToMilliseconds => Unary::ToMilliseconds,
            UnaryOp::ToSeconds => Unary::ToSeconds,
            UnaryOp::ToMinutes => Unary::ToMinutes,
            UnaryOp::ToHours => Unary::ToHours,
            UnaryOp::ToDays => Unary::ToDays,
            _ => return Err(Unsupported),
        };
        Ok(Node::Unary(operator, Box::new(self.expression(operand)?)))
    }

    fn binary(&mut self, op: BinaryOp, left: &Expr, right: &Expr) -> Result<Node, Unsupported> {
        match (op, left) {
            (BinaryOp::In, _) => return self.within(left, right),
            (BinaryOp::Contains, Expr::Set(members)) if constant_of(left, self).is_err() => {
                let members = members.iter().map(|each| self.expression(each)).collect::<Result<_, _>>()?;
                return Ok(Node::ListContains(members, Box::new(self.expression(right)?)));
            }
            _ => {}
        }
        let (left, right) = (self.expression(left)?, self.expression(right)?);
        Ok(match op {
            BinaryOp::Eq => Node::binary(Binary::Equal, left, right),
            BinaryOp::NotEq => Node::binary(Binary::Equal, left, right).not(),
            BinaryOp::Less => Node::binary(Binary::Less, left, right),
            BinaryOp::LessEq => Node::binary(Binary::LessOrEqual, left, right),
            BinaryOp::Greater => Node::binary(Binary::LessOrEqual, left, right).not(),
            BinaryOp::GreaterEq => Node::binary(Binary::Less, left, right).not(),
            BinaryOp::Add => Node::binary(Binary::Add, left, right),
            BinaryOp::Sub => Node::binary(Binary::Subtract, left, right),
            BinaryOp::Mul => Node::binary(Binary::Multiply, left, right),
            BinaryOp::Contains => Node::binary(Binary::Contains, left, right),
            BinaryOp::ContainsAll => Node::binary(Binary::ContainsAll, left, right),
            BinaryOp::ContainsAny => Node::binary(Binary::ContainsAny, left, right),
            BinaryOp::Offset => Node::binary(Binary::Offset, left, right),
            BinaryOp::DurationSince => Node::binary(Binary::DurationSince, left, right),
            _ => return Err(Unsupported),
        })
    }

    /// `left in right`; the left side must be something that is read, since its ancestors are read with it.
    fn within(&mut self, left: &Expr, right: &Expr) -> Result<Node, Unsupported> {
        let slot = self.slot(path(left)?)?;
        self.paths.ascend(slot);
        match right {
            Expr::Set(members) if constant_of(right, self).is_err() => {
                let members = members.iter().map(|each| self.expression(each)).collect::<Result<_, _>>()?;
                Ok(Node::InList(slot, members))
            }
            _ => Ok(Node::In(slot, Box::new(self.expression(right)?))),
        }
    }

    fn read(&mut self, expression: &Expr) -> Result<Node, Unsupported> {
        let path = path(expression)?;
        self.slot(path).map(Node::Slot)
    }

    /// The slot of a path.
    pub(crate) fn slot(&mut self, path: Path) -> Result<u32, Unsupported> {
        self.paths.slot(path).ok_or(Unsupported)
    }

    fn literal(&mut self, literal: &Literal) -> Result<Value, Unsupported> {
        Ok(match literal {
            Literal::Bool(truth) => Value::Bool(*truth),
            Literal::Long(number) => Value::Long(*number),
            Literal::String(text) => Value::Text(self.terms.text(text)),
            Literal::EntityUID(entity) => Value::Entity(self.uid(entity)),
            _ => return Err(Unsupported),
        })
    }

    pub(crate) fn uid(&mut self, entity: &EntityUID) -> Uid {
        self.terms.uid(&entity.ty.to_string(), &entity.eid)
    }
}

/// A set or record all of whose parts are constants.
fn constant_of(expression: &Expr, lowering: &mut Lowering<'_>) -> Result<Value, Unsupported> {
    match expression {
        Expr::Literal(literal) => lowering.literal(literal),
        Expr::UnaryOp { op, expr } => match constant::constructed(lowering.terms, *op, expr) {
            Some(Ok(Some(value))) => Ok(value),
            _ => Err(Unsupported),
        },
        Expr::Set(members) => {
            let members = members.iter().map(|each| constant_of(each, lowering)).collect::<Result<_, _>>()?;
            Ok(lowering.terms.set(members))
        }
        Expr::Record(fields) => {
            let mut lowered = Vec::with_capacity(fields.len());
            for (name, field) in fields {
                lowered.push((lowering.terms.text(name), constant_of(field, lowering)?));
            }
            Ok(lowering.terms.record(lowered))
        }
        _ => Err(Unsupported),
    }
}

/// The path that an expression is, if it is one.
fn path(expression: &Expr) -> Result<Path, Unsupported> {
    let mut attributes = Vec::new();
    let mut at = expression;
    while let Expr::GetAttr { expr, attr } = at {
        attributes.push(attr.to_string());
        at = expr;
    }
    attributes.reverse();
    let root = match at {
        Expr::Var(Var::Principal) => Root::Principal,
        Expr::Var(Var::Action) => Root::Action,
        Expr::Var(Var::Resource) => Root::Resource,
        Expr::Var(Var::Context) => Root::Context,
        Expr::Literal(Literal::EntityUID(entity)) => Root::Named(named(entity)?),
        _ => return Err(Unsupported),
    };
    Ok(Path { root, attributes, has: Vec::new() })
}

/// The same entity in Cedar's other type for it.
pub(crate) fn named(entity: &EntityUID) -> Result<EntityUid, Unsupported> {
    let ty: EntityTypeName = entity.ty.to_string().parse().map_err(|_| Unsupported)?;
    Ok(EntityUid::from_type_name_and_id(ty, EntityId::new(entity.eid.as_str())))
}
