//! Every operator and form of the language, by hand, against Cedar: well-typed, ill-typed, missing and overflowing.

use std::collections::{HashMap, HashSet};
use std::fmt::Write;

use cedar_policy::{
    Context, Entities, Entity, EntityUid, PolicyId, PolicySet, Request, RestrictedExpression, SlotId,
};
use prodops_policy::program::{Combiner, Program};
use prodops_policy::testing::against_cedar;

/// Conditions that the program evaluates itself.
const NATIVE: &[&str] = &[
    "true",
    "1",
    "\"text\"",
    "principal",
    "!true",
    "!1",
    "!!context.yes",
    "-(1) == -1",
    "-(-9223372036854775808) == 1",
    "-(\"a\") == 1",
    "context.yes && context.no",
    "context.no && context.absent",
    "context.yes && context.absent",
    "context.absent && context.no",
    "context.yes && 1",
    "1 && context.yes",
    "false && 1",
    "context.yes || context.absent",
    "context.no || context.absent",
    "context.no || 1",
    "1 || context.yes",
    "if context.yes then 1 == 1 else context.absent",
    "if context.no then context.absent else context.yes",
    "if 1 then true else true",
    "if context.yes then 1 else true",
    "(if context.yes then 1 else 2) == 1",
    "1 == 1",
    "1 == \"1\"",
    "principal == principal",
    "principal == resource",
    "principal == User::\"alice\"",
    "User::\"alice\" == principal",
    "User::\"alice\" == N::User::\"alice\"",
    "context == 1",
    "1 != 2",
    "1 < 2",
    "2 <= 2",
    "3 > 2",
    "3 >= 4",
    "1 < \"2\"",
    "\"1\" < \"2\"",
    "true < false",
    "principal < resource",
    "1 + 2 == 3",
    "9223372036854775807 + 1 == 0",
    "-9223372036854775808 - 1 == 0",
    "4611686018427387904 * 2 == 0",
    "principal.age * 2 - 1 == 73",
    "1 + \"a\" == 1",
    "principal.age > 36",
    "principal.nobody == 1",
    "principal.manager.age == 50",
    "principal.manager.manager.age == 1",
    "principal.ghost.age == 1",
    "principal.ghost has age",
    "principal.ghost == User::\"ghost\"",
    "principal.age.years == 1",
    "principal has age",
    "principal has nobody",
    "principal has \"odd name\"",
    "principal[\"odd name\"] == 7",
    "principal.address.city == \"Bern\"",
    "principal has address.city",
    "principal has address.zip",
    "principal has address.city.name",
    "principal has manager.age",
    "principal has manager.address.city",
    "principal has ghost.age.x",
    "principal.address == {city: \"Bern\", street: {name: \"A\", number: 3}}",
    "principal.address == {city: \"Bern\"}",
    "principal.address.street.number == 3",
    "principal.address has street",
    "principal.age has x",
    "context has yes",
    "context has absent",
    "context has nested.deep.deeper",
    "context.nested.deep.deeper == 4",
    "context has nested.deep.deepest",
    "context has yes.x",
    "context[\"with space\"]",
    "User::\"bob\".age == 50",
    "User::\"nobody\" has age",
    "User::\"nobody\".age == 1",
    "principal in Group::\"staff\"",
    "principal in Group::\"all\"",
    "principal in Group::\"none\"",
    "principal in principal",
    "principal in [Group::\"none\", Group::\"all\"]",
    "principal in []",
    "principal in [1]",
    "principal in [Group::\"all\", 1]",
    "principal in [resource, principal]",
    "principal in [resource, 1]",
    "principal in 1",
    "principal in context",
    "principal in principal.groups",
    "principal in principal.numbers",
    "principal.manager in Group::\"staff\"",
    "principal.ghost in Group::\"staff\"",
    "User::\"bob\" in Group::\"staff\"",
    "User::\"nobody\" in User::\"nobody\"",
    "action in Action::\"readers\"",
    "action in [Action::\"writers\", Action::\"readers\"]",
    "action == Action::\"view\"",
    "principal is User",
    "principal is N::User",
    "resource is User",
    "1 is User",
    "context.absent is User",
    "principal is User in Group::\"all\"",
    "principal is Group in 1",
    "principal is User in 1",
    "resource is Doc in Folder::\"root\"",
    "principal.numbers.contains(1)",
    "principal.numbers.contains(\"1\")",
    "principal.numbers.contains(context.absent)",
    "principal.age.contains(1)",
    "[1, 2].contains(2)",
    "[].contains(2)",
    "[principal, resource].contains(principal)",
    "[principal.age, 1].contains(context.absent)",
    "[principal.nobody, 1].contains(1)",
    "[1, 2, 2, 1] == [2, 1]",
    "[1] == [1, 2]",
    "[[1], [2]].contains([1])",
    "[{a: 1}].contains({a: 1})",
    "[\"a\", 1, true].contains(true)",
    "principal.numbers.containsAll([1, 2])",
    "principal.numbers.containsAll([1, 9])",
    "principal.numbers.containsAll([])",
    "principal.numbers.containsAll(1)",
    "principal.numbers.containsAny([9, 1])",
    "principal.numbers.containsAny([9])",
    "1.containsAny([9])",
    "principal.numbers.isEmpty()",
    "[].isEmpty()",
    "\"\".isEmpty()",
    "datetime(\"2026-03-01\") < datetime(\"2026-03-02\")",
    "datetime(\"2026-03-01\") <= context.now",
    "datetime(\"yesterday\") < context.now",
    "context.yes || datetime(\"yesterday\") < context.now",
    "datetime(\"2026-03-01T00:00:00+0100\") == datetime(\"2026-02-28T23:00:00Z\")",
    "datetime(\"2026-03-01\") < duration(\"1d\")",
    "datetime(\"2026-03-01\") < 1",
    "context.now.offset(duration(\"1h\")) > context.now",
    "context.now.offset(1) > context.now",
    "datetime(\"2026-03-01\").offset(duration(\"9223372036854775807ms\")) > context.now",
    "context.now.durationSince(datetime(\"2026-02-28\")) >= duration(\"1d\")",
    "context.now.toDate() == datetime(\"2026-03-01\")",
    "context.now.toTime() == duration(\"12h30m\")",
    "datetime(\"1969-12-31T23:59:59Z\").toDate() == datetime(\"1969-12-31\")",
    "datetime(\"1969-12-31T23:59:59Z\").toTime() == duration(\"23h59m59s\")",
    "duration(\"-90s\").toMinutes() == -1",
    "duration(\"1d2h\").toHours() == 26",
    "duration(\"1d2h\").toDays() == 1",
    "duration(\"1d2h\").toSeconds() == 93600",
    "duration(\"1ms\").toMilliseconds() == 1",
    "context.now.toDays() == 1",
    "duration(\"1x\") == duration(\"1s\")",
    "context.address == ip(\"10.1.2.3\")",
    "context.address == ip(\"10.1.2.3/32\")",
    "ip(\"nonsense\") == context.address",
    "context.amount == decimal(\"1.5\")",
    "decimal(\"1.5\") == decimal(\"1.50\")",
    "[decimal(\"1.5\"), ip(\"::1\")].contains(decimal(\"1.5000\"))",
    "decimal(\"1.00000\") == decimal(\"1.0\")",
    "context.amount < decimal(\"2.0\")",
    "\"\\0\\u{1F600}ü\" == context.odd",
    "context.odd == \"\"",
    "principal == User::\"\\0\\\"\\\\\"",
];

/// Conditions that are left to Cedar.
const FOREIGN: &[&str] = &[
    "1 in principal",
    "principal.name like \"al*\"",
    "principal.name like \"a\\*\"",
    "principal.age like \"*\"",
    "context.no && principal.age like \"*\"",
    "context.address.isIpv4()",
    "context.address.isIpv6()",
    "context.address.isLoopback()",
    "context.address.isMulticast()",
    "context.address.isInRange(ip(\"10.0.0.0/8\"))",
    "context.address.isInRange(ip(\"10.0.0.0/99\"))",
    "principal.age.isIpv4()",
    "context.amount.lessThan(decimal(\"2.0\"))",
    "context.amount.lessThanOrEqual(decimal(\"1.5\"))",
    "context.amount.greaterThan(decimal(\"1.5\"))",
    "context.amount.greaterThanOrEqual(decimal(\"1.5\"))",
    "context.amount.lessThan(1)",
    "ip(principal.name).isIpv4()",
    "datetime(context.odd) == context.now",
    "principal.hasTag(\"color\")",
    "principal.hasTag(principal.name)",
    "principal.getTag(\"color\") == \"red\"",
    "principal.getTag(\"absent\") == \"red\"",
    "context.hasTag(\"color\")",
    "User::\"nobody\".hasTag(\"color\")",
    "User::\"nobody\".getTag(\"color\") == 1",
    "{a: principal, b: 1}.b == 1",
    "{a: context.absent}.a == 1",
    "(if context.yes then principal else resource).age == 37",
    "(if context.yes then principal else resource) in Group::\"all\"",
    "[principal, User::\"x\"] == [principal.manager]",
    "[context.absent].isEmpty()",
    "1 has x",
];

fn uid(text: &str) -> EntityUid {
    text.parse().unwrap()
}

fn entity(id: &str, attributes: &[(&str, &str)], parents: &[&str]) -> Entity {
    let attributes: HashMap<String, RestrictedExpression> =
        attributes.iter().map(|(name, value)| ((*name).to_owned(), value.parse().unwrap())).collect();
    let parents: HashSet<EntityUid> = parents.iter().map(|parent| uid(parent)).collect();
    let tags = id.contains("alice").then(|| ("color".to_owned(), "\"red\"".parse().unwrap()));
    Entity::new_with_tags(uid(id), attributes, parents, tags).unwrap()
}

fn entities() -> Entities {
    let alice = [
        ("age", "37"),
        ("name", "\"alice\""),
        ("odd name", "7"),
        ("manager", "User::\"bob\""),
        ("ghost", "User::\"ghost\""),
        ("address", "{city: \"Bern\", street: {name: \"A\", number: 3}}"),
        ("numbers", "[1, 2, 3]"),
        ("groups", "[Group::\"none\", Group::\"staff\"]"),
    ];
    let all = [
        entity("User::\"alice\"", &alice, &["Group::\"staff\""]),
        entity("User::\"bob\"", &[("age", "50")], &["Group::\"staff\""]),
        entity("User::\"\\0\\\"\\\\\"", &[], &[]),
        entity("Group::\"staff\"", &[], &["Group::\"all\""]),
        entity("Group::\"all\"", &[], &[]),
        entity("Doc::\"plan\"", &[("owner", "User::\"alice\"")], &["Folder::\"sub\""]),
        entity("Folder::\"sub\"", &[], &["Folder::\"root\""]),
        entity("Action::\"view\"", &[], &["Action::\"readers\""]),
        entity("Action::\"readers\"", &[], &[]),
    ];
    Entities::from_entities(all, None).unwrap()
}

fn context() -> Context {
    let pairs = [
        ("yes", "true"),
        ("no", "false"),
        ("with space", "true"),
        ("nested", "{deep: {deeper: 4}}"),
        ("now", "datetime(\"2026-03-01T12:30:00Z\")"),
        ("address", "ip(\"10.1.2.3\")"),
        ("amount", "decimal(\"1.50\")"),
        ("odd", "\"\\0\\u{1F600}ü\""),
    ];
    Context::from_pairs(pairs.map(|(name, value)| (name.to_owned(), value.parse().unwrap()))).unwrap()
}

fn requests() -> Vec<Request> {
    let of = |principal, action, resource| {
        Request::new(uid(principal), uid(action), uid(resource), context(), None).unwrap()
    };
    vec![
        of("User::\"alice\"", "Action::\"view\"", "Doc::\"plan\""),
        of("User::\"bob\"", "Action::\"view\"", "User::\"bob\""),
        of("User::\"\\0\\\"\\\\\"", "Action::\"edit\"", "Doc::\"absent\""),
        of("N::User::\"alice\"", "Action::\"view\"", "Doc::\"plan\""),
    ]
}

fn compare(text: &str) -> usize {
    compare_set(&text.parse().unwrap_or_else(|error| panic!("{error}: {text}")), text)
}

fn compare_set(set: &PolicySet, text: &str) -> usize {
    let program = Program::unvalidated(None, set).unwrap();
    for request in requests() {
        if let Err(difference) = against_cedar(&program, &request, &entities()) {
            panic!("{difference}: {text}");
        }
    }
    program.left_to_cedar().count()
}

#[test]
fn every_operator_alone() {
    let mut left_over: Vec<&&str> = Vec::new();
    for condition in NATIVE {
        for head in ["permit(principal, action, resource) when", "forbid(principal, action, resource) unless"]
        {
            let left = compare(&format!("{head} {{ {condition} }};"));
            left_over.extend((left != 0).then_some(condition));
        }
    }
    assert!(left_over.is_empty(), "left to cedar: {left_over:#?}");
    for condition in FOREIGN {
        let left = compare(&format!("permit(principal, action, resource) when {{ {condition} }};"));
        assert_eq!(left, 1, "not left to cedar: {condition}");
    }
}

#[test]
fn all_of_them_in_one_set_of_several_words() {
    let mut text = String::new();
    for (number, condition) in NATIVE.iter().chain(FOREIGN).enumerate() {
        let effect = if number % 3 == 0 { "forbid" } else { "permit" };
        writeln!(text, "{effect}(principal, action, resource) when {{ {condition} }};").unwrap();
    }
    assert_eq!(compare(&text), FOREIGN.len());
}

#[test]
fn decisions_allocate_nothing() {
    // The context as a whole has no form in the program: what reads it is evaluated by Cedar, which allocates.
    let own = NATIVE.iter().filter(|each| !["context == 1", "principal in context"].contains(each));
    let policies =
        own.map(|each| format!("forbid(principal, action, resource) when {{ ({each}) && false }};"));
    let text: String = policies.collect();
    let set: PolicySet = text.parse().unwrap();
    let program = Program::unvalidated(None, &set).unwrap();
    let (entities, requests) = (entities(), requests());
    let question = program.ask(&requests[0], &entities);
    let mut explanation = program.explanation();
    let info = allocation_counter::measure(|| {
        std::hint::black_box(question.decide(Combiner::Cedar));
        question.explain(&mut explanation);
    });
    assert!(explanation.has_errors());
    assert_eq!(info.count_total, 0);
}

#[test]
fn every_scope() {
    let sides = |variable: &str| {
        let entity = if variable == "principal" { "User::\"alice\"" } else { "Doc::\"plan\"" };
        let group = if variable == "principal" { "Group::\"all\"" } else { "Folder::\"root\"" };
        let ty = if variable == "principal" { "User" } else { "Doc" };
        [
            variable.to_owned(),
            format!("{variable} == {entity}"),
            format!("{variable} in {group}"),
            format!("{variable} in {entity}"),
            format!("{variable} is {ty}"),
            format!("{variable} is {ty} in {group}"),
            format!("{variable} is N::{ty} in {group}"),
        ]
    };
    let actions = [
        "action",
        "action == Action::\"view\"",
        "action in Action::\"readers\"",
        "action in Action::\"view\"",
        "action in [Action::\"edit\", Action::\"readers\"]",
        "action in []",
    ];
    for principal in sides("principal") {
        for action in actions {
            for resource in sides("resource") {
                compare(&format!("permit({principal}, {action}, {resource}) when {{ context.absent }};"));
                compare(&format!(
                    "permit({principal}, {action}, {resource}); forbid({principal}, {action}, {resource}) unless {{ context.yes }};"
                ));
            }
        }
    }
}

#[test]
fn templates_and_their_links() {
    let text = "@id(\"static\") permit(principal, action, resource) when { context.no };
        @note(\"kept\") permit(principal == ?principal, action, resource in ?resource) when { context.yes };
        forbid(principal in ?principal, action == Action::\"view\", resource) when { principal.name like \"a*\" };";
    let mut set: PolicySet = text.parse().unwrap();
    let link = |set: &mut PolicySet, template: &str, id: &str, values: &[(SlotId, &str)]| {
        let values = values.iter().map(|(slot, entity)| (slot.clone(), uid(entity))).collect();
        set.link(PolicyId::new(template), PolicyId::new(id), values).unwrap();
    };
    let (principal, resource) = (SlotId::principal(), SlotId::resource());
    link(
        &mut set,
        "policy1",
        "l1",
        &[(principal.clone(), "User::\"alice\""), (resource, "Folder::\"root\"")],
    );
    assert_eq!(compare_set(&set, text), 0);
    link(&mut set, "policy2", "l2", &[(principal.clone(), "Group::\"all\"")]);
    link(&mut set, "policy2", "l3", &[(principal, "User::\"bob\"")]);
    assert_eq!(compare_set(&set, text), 2);
}

/// Cedar's parser and evaluator recurse: they are given the stack for it.
#[test]
fn deep_and_long_conditions() {
    std::thread::Builder::new().stack_size(256 << 20).spawn(nested).unwrap().join().unwrap();
}

fn nested() {
    let chain = |count: usize| format!("!({})", vec!["context.no"; count].join(" || "));
    let deep = |count: usize| format!("{}context.yes{}", "!(".repeat(count), ")".repeat(count));
    let sum = |count: usize| format!("{}1{} == 31", "1 + (".repeat(count), ")".repeat(count));
    for (condition, left) in
        [(chain(500), 0), (chain(5000), 1), (deep(100), 0), (deep(150), 1), (sum(10), 0), (sum(30), 1)]
    {
        let text = format!("permit(principal, action, resource) when {{ {condition} }};");
        assert_eq!(compare(&text), left, "{text}");
    }
}

#[test]
fn ids_of_sixty_four_kilobytes() {
    let id = "é\\0\\\"".repeat(16_384);
    let text = format!("permit(principal == User::\"{id}\", action, resource in Folder::\"{id}\");");
    assert_eq!(compare(&text), 0);
    let set: PolicySet = text.parse().unwrap();
    let program = Program::unvalidated(None, &set).unwrap();
    let user = uid(&format!("User::\"{id}\""));
    let request =
        Request::new(user, uid("Action::\"x\""), uid(&format!("Folder::\"{id}\"")), Context::empty(), None)
            .unwrap();
    let answer = against_cedar(&program, &request, &Entities::empty()).unwrap();
    assert_eq!(answer.decision, cedar_policy::Decision::Allow);
}

#[test]
fn ten_thousand_policies() {
    let mut text = String::new();
    for number in 0..10_000 {
        let effect = if number % 100 == 7 { "forbid" } else { "permit" };
        writeln!(text, "{effect}(principal == User::\"u{number}\", action, resource) when {{ resource.n{number} == {number} }};").unwrap();
    }
    let set: PolicySet = text.parse().unwrap();
    let program = Program::unvalidated(None, &set).unwrap();
    let doc = entity("Doc::\"d\"", &[("n7", "7"), ("n8", "8")], &[]);
    let entities = Entities::from_entities([doc], None).unwrap();
    for (number, reason) in [(7, "policy7"), (8, "policy8")] {
        let user = uid(&format!("User::\"u{number}\""));
        let request =
            Request::new(user, uid("Action::\"x\""), uid("Doc::\"d\""), Context::empty(), None).unwrap();
        let answer = against_cedar(&program, &request, &entities).unwrap();
        assert_eq!(answer.reasons.into_iter().collect::<Vec<_>>(), [reason]);
    }
}
