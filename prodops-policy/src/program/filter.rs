//! Row filters: a cell with everything bound but the resource, as a condition on the columns of a row.

use prodops_core::filter::{self, Column, Comparison, Filter, Predicate};

use super::arithmetic;
use super::inquiry::Inquiry;
use super::machine::{Frame, Halt};
use super::node::{Binary, Node, Unary};
use super::path::{Path, Root};
use super::policy::Body;
use super::value::Value;

/// A constant that a column is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operand<'a> {
    /// A truth value.
    Bool(bool),
    /// A number.
    Long(i64),
    /// A text.
    Text(&'a str),
    /// An entity.
    Entity {
        /// Its type.
        ty: &'a str,
        /// Its id.
        id: &'a str,
    },
}

/// How the rows of a table show a type of resource.
pub trait Columns {
    /// The column that holds an attribute of the resource, or, without a name, the resource itself.
    ///
    /// # Security
    /// Only a column that has a value in every row, of the kind that the schema gives the attribute: a filter says nothing of
    /// what is missing.
    fn column(&self, attribute: Option<&str>) -> Option<Column>;
    /// Whether every row has, in this attribute, what the resource of the question has: a list within one tenant.
    ///
    /// # Security
    /// Only what holds for every row that the filter will be applied to.
    fn is_shared(&self, _attribute: &str) -> bool {
        false
    }
    /// How the column holds such a value.
    fn value(&self, column: Column, operand: Operand<'_>) -> Option<filter::Value>;
}

/// A condition cannot be said in columns: decide row by row. The list never gets wider than what the decisions allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the policies ask more of a row than its columns say: decide each row")]
pub struct NeedsPostFilter;

/// What a part of a condition comes to when all but the row is known.
enum Folded {
    Value(Value),
    /// It fails, whatever the row.
    Error,
    /// A column.
    Column(Column),
    /// A condition on the row, which cannot fail.
    Row(Predicate),
}

/// What a permit that fails, whatever the row, does to a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FailedPermit {
    /// It permits nothing.
    IsSkipped,
    /// Nothing is shown.
    Refuses,
}

/// The first policy of a cell that no filter can say.
pub(crate) fn unsaid(inquiry: &Inquiry<'_>, columns: &dyn Columns) -> Option<u32> {
    let folding = Folding { inquiry, columns };
    let candidates = inquiry.cell.forbids.iter().chain(&inquiry.cell.permits).copied();
    candidates.into_iter().find(|number| folding.policy(*number).is_err())
}

/// What the forbids of a cell hide of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Forbidden {
    /// Nothing.
    Nothing,
    /// All but the rows for which these hold.
    Rows(Vec<Predicate>),
    /// Everything.
    Everything,
}

/// What the forbids of an inquiry hide; one that fails hides everything.
pub(crate) fn forbidden(inquiry: &Inquiry<'_>, columns: &dyn Columns) -> Result<Forbidden, NeedsPostFilter> {
    let folding = Folding { inquiry, columns };
    let mut required = Vec::new();
    for &number in &inquiry.cell.forbids {
        match folding.policy(number)? {
            Folded::Value(Value::Bool(false)) => {}
            Folded::Row(predicate) => required.push(Predicate::Not(Box::new(predicate))),
            _ => return Ok(Forbidden::Everything),
        }
    }
    Ok(if required.is_empty() { Forbidden::Nothing } else { Forbidden::Rows(required) })
}

/// The filter of an inquiry, by the strict rules: a forbid that fails shows nothing.
#[allow(clippy::disallowed_methods, reason = "this decision is where \"all rows\" comes from")]
pub(crate) fn filter(
    inquiry: &Inquiry<'_>,
    columns: &dyn Columns,
    failed: FailedPermit,
) -> Result<Filter, NeedsPostFilter> {
    let mut required = match forbidden(inquiry, columns)? {
        Forbidden::Nothing => Vec::new(),
        Forbidden::Rows(predicates) => predicates,
        Forbidden::Everything => return Ok(Filter::None),
    };
    let folding = Folding { inquiry, columns };
    let (mut some, mut all) = (Vec::new(), false);
    for &number in &inquiry.cell.permits {
        match folding.policy(number)? {
            Folded::Value(Value::Bool(true)) => all = true,
            Folded::Row(predicate) => some.push(predicate),
            Folded::Error if failed == FailedPermit::Refuses => return Ok(Filter::None),
            _ => {}
        }
    }
    if !all && some.is_empty() {
        return Ok(Filter::None);
    }
    if !all {
        required.push(Predicate::Or(some));
    }
    Ok(if required.is_empty() { Filter::all() } else { Filter::Pred(Predicate::And(required)) })
}

struct Folding<'a> {
    inquiry: &'a Inquiry<'a>,
    columns: &'a dyn Columns,
}

impl Folding<'_> {
    const fn frame(&self) -> &Frame<'_> {
        &self.inquiry.frame
    }

    fn policy(&self, number: u32) -> Result<Folded, NeedsPostFilter> {
        match self.inquiry.program.body(number) {
            Some(Body::Code { conjuncts, .. }) => self.chain(conjuncts, true),
            _ => Err(NeedsPostFilter),
        }
    }

    fn fold(&self, node: &Node) -> Result<Folded, NeedsPostFilter> {
        match node {
            Node::Constant(value) => Ok(Folded::Value(*value)),
            Node::Fail => Ok(Folded::Error),
            Node::Slot(slot) => self.slot(*slot),
            Node::And(all) => self.chain(all, true),
            Node::Or(all) => self.chain(all, false),
            Node::Unary(Unary::Not, inner) => match self.truth(inner)? {
                Folded::Row(predicate) => Ok(Folded::Row(Predicate::Not(Box::new(predicate)))),
                Folded::Value(value) => computed(arithmetic::unary(Unary::Not, value, self.frame().terms)),
                other => Ok(other),
            },
            Node::Unary(operator, inner) => match self.fold(inner)? {
                Folded::Value(value) => computed(arithmetic::unary(*operator, value, self.frame().terms)),
                Folded::Error => Ok(Folded::Error),
                _ => Err(NeedsPostFilter),
            },
            Node::Binary(operator, both) => {
                let [left, right] = &**both;
                self.binary(*operator, self.fold(left)?, self.fold(right)?)
            }
            Node::If(three) => self.choice(three),
            Node::Is(inner, ty) => self.is(inner, *ty),
            Node::In(slot, right) => match (self.slot(*slot)?, self.fold(right)?) {
                (Folded::Value(_), Folded::Value(right)) => {
                    computed(self.frame().within(*slot, right).map(Value::Bool))
                }
                _ => Err(NeedsPostFilter),
            },
            Node::ListContains(..) | Node::InList(..) => Err(NeedsPostFilter),
        }
    }

    fn is(&self, inner: &Node, ty: u32) -> Result<Folded, NeedsPostFilter> {
        if let Some(own) = self.resource_type(inner) {
            return Ok(Folded::Value(Value::Bool(own == ty)));
        }
        match self.fold(inner)? {
            Folded::Value(Value::Entity(uid)) => Ok(Folded::Value(Value::Bool(uid.ty == ty))),
            Folded::Value(_) | Folded::Error => Ok(Folded::Error),
            _ => Err(NeedsPostFilter),
        }
    }

    /// The type of the resource, when the node is the resource itself.
    fn resource_type(&self, node: &Node) -> Option<u32> {
        let Node::Slot(slot) = node else { return None };
        let path = self.inquiry.program.paths().get(*slot)?;
        let itself = path.root == Root::Resource && path.attributes.is_empty() && path.has.is_empty();
        match self.frame().load(*slot) {
            Ok(Value::Entity(uid)) if itself => Some(uid.ty),
            _ => None,
        }
    }

    fn slot(&self, slot: u32) -> Result<Folded, NeedsPostFilter> {
        let path = self.inquiry.program.paths().get(slot).ok_or(NeedsPostFilter)?;
        if path.root == Root::Resource && !self.is_shared(path) {
            return self.column(path).map(Folded::Column).ok_or(NeedsPostFilter);
        }
        computed(self.frame().load(slot))
    }

    fn is_shared(&self, path: &Path) -> bool {
        match path.attributes.as_slice() {
            [attribute] => path.has.is_empty() && self.columns.is_shared(attribute),
            _ => false,
        }
    }

    fn column(&self, path: &Path) -> Option<Column> {
        match path.attributes.as_slice() {
            _ if !path.has.is_empty() => None,
            [] => self.columns.column(None),
            [attribute] => self.columns.column(Some(attribute)),
            _ => None,
        }
    }

    /// A truth value: a column by itself is the question whether it is true.
    fn truth(&self, node: &Node) -> Result<Folded, NeedsPostFilter> {
        Ok(match self.fold(node)? {
            Folded::Column(column) => Folded::Row(self.equal(column, Value::Bool(true))?),
            Folded::Value(Value::Bool(truth)) => Folded::Value(Value::Bool(truth)),
            Folded::Value(_) => Folded::Error,
            other => other,
        })
    }

    /// Left to right; what fails behind a condition on the row fails only for some rows, which no predicate says.
    fn chain(&self, terms: &[Node], conjunction: bool) -> Result<Folded, NeedsPostFilter> {
        let mut open = Vec::new();
        for term in terms {
            match self.truth(term)? {
                Folded::Value(Value::Bool(truth)) if truth == conjunction => {}
                Folded::Value(value) => return Ok(Folded::Value(value)),
                Folded::Row(predicate) => open.push(predicate),
                Folded::Error if open.is_empty() => return Ok(Folded::Error),
                _ => return Err(NeedsPostFilter),
            }
        }
        Ok(match open.len() {
            0 => Folded::Value(Value::Bool(conjunction)),
            _ if conjunction => Folded::Row(Predicate::And(open)),
            _ => Folded::Row(Predicate::Or(open)),
        })
    }

    fn choice(&self, three: &[Node; 3]) -> Result<Folded, NeedsPostFilter> {
        let [test, then, otherwise] = three;
        match self.truth(test)? {
            Folded::Value(Value::Bool(true)) => self.fold(then),
            Folded::Value(_) => self.fold(otherwise),
            Folded::Error => Ok(Folded::Error),
            _ => Err(NeedsPostFilter),
        }
    }

    fn binary(&self, operator: Binary, left: Folded, right: Folded) -> Result<Folded, NeedsPostFilter> {
        use Comparison::{Greater, GreaterOrEqual, Less, LessOrEqual};
        match (operator, left, right) {
            (_, Folded::Value(left), Folded::Value(right)) => {
                computed(arithmetic::binary(operator, left, right, self.frame().terms))
            }
            (_, Folded::Error, _) | (_, _, Folded::Error) => Ok(Folded::Error),
            (Binary::Equal, Folded::Column(column), Folded::Value(value))
            | (Binary::Equal, Folded::Value(value), Folded::Column(column)) => {
                self.equal(column, value).map(Folded::Row)
            }
            (Binary::Less, Folded::Column(column), Folded::Value(value)) => self.ordered(column, Less, value),
            (Binary::Less, Folded::Value(value), Folded::Column(column)) => {
                self.ordered(column, Greater, value)
            }
            (Binary::LessOrEqual, Folded::Column(column), Folded::Value(value)) => {
                self.ordered(column, LessOrEqual, value)
            }
            (Binary::LessOrEqual, Folded::Value(value), Folded::Column(column)) => {
                self.ordered(column, GreaterOrEqual, value)
            }
            (Binary::Contains, Folded::Value(Value::Set(set)), Folded::Column(column)) => {
                let members = self.frame().terms.members(set).iter();
                let held = members.map(|member| self.held(column, *member)).collect::<Result<_, _>>()?;
                Ok(Folded::Row(Predicate::In(column, held)))
            }
            _ => Err(NeedsPostFilter),
        }
    }

    fn equal(&self, column: Column, value: Value) -> Result<Predicate, NeedsPostFilter> {
        self.held(column, value).map(|value| Predicate::Eq(column, value))
    }

    fn ordered(&self, column: Column, how: Comparison, value: Value) -> Result<Folded, NeedsPostFilter> {
        match (value, self.held(column, value)?) {
            (Value::Long(_), held @ filter::Value::Int(_)) => {
                Ok(Folded::Row(Predicate::Cmp(column, how, held)))
            }
            _ => Err(NeedsPostFilter),
        }
    }

    fn held(&self, column: Column, value: Value) -> Result<filter::Value, NeedsPostFilter> {
        let spelled = |number| self.frame().terms.spelling(number).ok_or(NeedsPostFilter);
        let operand = match value {
            Value::Bool(truth) => Operand::Bool(truth),
            Value::Long(number) => Operand::Long(number),
            Value::Text(text) => Operand::Text(spelled(text)?),
            Value::Entity(uid) => Operand::Entity { ty: spelled(uid.ty)?, id: spelled(uid.id)? },
            _ => return Err(NeedsPostFilter),
        };
        self.columns.value(column, operand).ok_or(NeedsPostFilter)
    }
}

fn computed(value: Result<Value, Halt>) -> Result<Folded, NeedsPostFilter> {
    match value {
        Ok(value) => Ok(Folded::Value(value)),
        Err(Halt::Opaque) => Err(NeedsPostFilter),
        Err(Halt::Error | Halt::Unsatisfied) => Ok(Folded::Error),
    }
}
