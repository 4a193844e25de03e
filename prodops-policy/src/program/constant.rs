//! Extension values that a policy spells out, such as `datetime("2026-03-01")`: constructed once, by Cedar, when loading.

use cedar_policy::Expression;
use cedar_policy::pst::{Expr, Literal, UnaryOp};

use super::lower::Unsupported;
use super::value::{Terms, Value};
use super::{extension, gather};

/// The value of a constructor call with a literal text; `None` when this is no such call, and no value when Cedar refuses the
/// text, so that whoever computes it fails.
pub(crate) fn constructed(
    terms: &mut Terms<'static>,
    op: UnaryOp,
    operand: &Expr,
) -> Option<Result<Option<Value>, Unsupported>> {
    let text = match operand {
        Expr::Literal(Literal::String(text)) => text,
        _ if constructor(op, "").is_some() => return Some(Err(Unsupported)),
        _ => return None,
    };
    Some(evaluate(terms, &constructor(op, text)?))
}

fn constructor(op: UnaryOp, text: &str) -> Option<Expression> {
    match op {
        UnaryOp::Datetime => Some(Expression::new_datetime(text)),
        UnaryOp::Duration => Some(Expression::new_duration(text)),
        UnaryOp::Decimal => Some(Expression::new_decimal(text)),
        UnaryOp::Ip => Some(Expression::new_ip(text)),
        _ => None,
    }
}

fn evaluate(terms: &mut Terms<'static>, call: &Expression) -> Result<Option<Value>, Unsupported> {
    match extension::evaluate(call).ok_or(Unsupported)? {
        Ok(shown) => gather::value(terms, &shown).map(Some).ok_or(Unsupported),
        Err(()) => Ok(None),
    }
}
