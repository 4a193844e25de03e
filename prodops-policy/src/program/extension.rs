//! Extension values, from the one form in which Cedar's public interface shows them: the text of a constructor call.

use std::net::IpAddr;
use std::sync::LazyLock;

use cedar_policy::{Context, Entities, EntityUid, EvalResult, Expression, Request, eval_expression};

use super::value::{Terms, Value};

/// The value of a constructor call as Cedar prints it; `None` for a form that this does not know, which is then left to Cedar.
pub(crate) fn value(terms: &mut Terms<'_>, call: &str) -> Option<Value> {
    if let Some(text) = argument(call, "decimal(\"") {
        return decimal(text).map(Value::Decimal);
    }
    if let Some(text) = argument(call, "ip(\"") {
        let (address, prefix) = ip(text)?;
        return Some(terms.ip(address, prefix));
    }
    if call.starts_with("duration(") {
        return number(&format!("({call}).toMilliseconds()")).map(Value::Duration);
    }
    number(&format!("({call}).durationSince(datetime(\"1970-01-01\")).toMilliseconds()")).map(Value::Datetime)
}

/// What Cedar makes of an expression without variables; an error when it fails.
pub(crate) fn evaluate(expression: &Expression) -> Option<Result<EvalResult, ()>> {
    static NOBODY: LazyLock<Option<Request>> = LazyLock::new(|| {
        let nobody: EntityUid = "Nobody::\"\"".parse().ok()?;
        Request::new(nobody.clone(), nobody.clone(), nobody, Context::empty(), None).ok()
    });
    Some(eval_expression(NOBODY.as_ref()?, &Entities::empty(), expression).map_err(|_| ()))
}

fn number(expression: &str) -> Option<i64> {
    match evaluate(&expression.parse().ok()?)? {
        Ok(EvalResult::Long(number)) => Some(number),
        _ => None,
    }
}

/// The text between the quotes of `function("…")`.
fn argument<'a>(call: &'a str, opening: &str) -> Option<&'a str> {
    let text = call.strip_prefix(opening)?.strip_suffix("\")")?;
    (!text.contains('"')).then_some(text)
}

fn decimal(text: &str) -> Option<i64> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (whole, part) = digits.split_once('.')?;
    let plain = |digits: &str| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    if !plain(whole) || !plain(part) || part.len() > 4 {
        return None;
    }
    let scaled: i128 = format!("{whole}{part:0<4}").parse().ok()?;
    i64::try_from(if negative { -scaled } else { scaled }).ok()
}

fn ip(text: &str) -> Option<(IpAddr, u8)> {
    let (address, prefix) = match text.split_once('/') {
        Some((address, prefix)) => (address, Some(prefix)),
        None => (text, None),
    };
    let address: IpAddr = address.parse().ok()?;
    let single = if address.is_ipv4() { 32 } else { 128 };
    let prefix = prefix.map_or(Some(single), |prefix| prefix.parse().ok())?;
    Some((address, prefix))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(expression: Expression) -> String {
        match evaluate(&expression).unwrap().unwrap() {
            EvalResult::ExtensionValue(text) => text,
            other => unreachable!("{other}"),
        }
    }

    fn read(expression: Expression) -> Option<Value> {
        value(&mut Terms::default(), &shown(expression))
    }

    #[test]
    fn what_cedar_prints_is_read_back() {
        assert_eq!(read(Expression::new_decimal("1.5")), Some(Value::Decimal(15_000)));
        assert_eq!(read(Expression::new_decimal("-0.0001")), Some(Value::Decimal(-1)));
        assert_eq!(read(Expression::new_decimal("-922337203685477.5808")), Some(Value::Decimal(i64::MIN)));
        assert_eq!(read(Expression::new_duration("1h30m")), Some(Value::Duration(5_400_000)));
        assert_eq!(read(Expression::new_duration("-1ms")), Some(Value::Duration(-1)));
        assert_eq!(read(Expression::new_datetime("1970-01-02")), Some(Value::Datetime(86_400_000)));
        assert_eq!(read(Expression::new_datetime("1969-12-31T23:59:59.999Z")), Some(Value::Datetime(-1)));
        assert!(matches!(read(Expression::new_ip("::1")), Some(Value::Ip(_))));
    }

    #[test]
    fn equal_extension_values_are_equal_whatever_they_were_written_as() {
        let mut terms = Terms::default();
        let mut of = |expression| value(&mut terms, &shown(expression)).unwrap();
        assert_eq!(of(Expression::new_ip("10.0.0.1")), of(Expression::new_ip("10.0.0.1/32")));
        assert_ne!(of(Expression::new_ip("10.0.0.1")), of(Expression::new_ip("10.0.0.1/24")));
        assert_eq!(of(Expression::new_ip("::1")), of(Expression::new_ip("0:0:0:0:0:0:0:1/128")));
        assert_eq!(of(Expression::new_decimal("1.50")), of(Expression::new_decimal("1.5")));
    }

    #[test]
    fn an_unknown_form_is_left_alone() {
        for text in ["", "decimal(\"1\")", "decimal(\"+1.0\")", "ip(\"x\")", "duration(\"x\")", "f(\"1ms\")"]
        {
            assert_eq!(value(&mut Terms::default(), text), None, "{text}");
        }
    }
}
