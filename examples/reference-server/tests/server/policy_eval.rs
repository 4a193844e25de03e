//! `policy eval` as a pipe meets it.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

const SCHEMA: &str = "entity User in [Group] = { age?: Long }; entity Group; entity Doc = { owner: User };
action view appliesTo { principal: User, resource: Doc, context: { ok?: Bool, ip?: ipaddr } };";

const POLICIES: &str = "permit (principal in Group::\"staff\", action == Action::\"view\", resource);
@id(\"owner\") permit (principal, action, resource) when { resource.owner == principal };
forbid (principal, action, resource) when { principal has age && principal.age + 9223372036854775807 < 0 };
forbid (principal, action, resource) when { context has ip && context.ip.isLoopback() };";

const ENTITIES: &str = r#"[
{"uid": {"type": "User", "id": "ann"}, "attrs": {"age": 3}, "parents": [{"type": "Group", "id": "staff"}]},
{"uid": {"type": "Group", "id": "staff"}, "attrs": {}, "parents": []},
{"uid": {"type": "Doc", "id": "d"}, "attrs": {"owner": {"type": "User", "id": "bob"}}, "parents": []}]"#;

fn request(principal: &str, action: &str, context: &str) -> String {
    format!(
        r#"{{"principal":{{"type":"User","id":"{principal}"}},"action":{{"type":"Action","id":"{action}"}},"resource":{{"type":"Doc","id":"d"}},"context":{context}}}"#
    )
}

fn eval(policies: &str, options: &[&str], input: &[u8]) -> Output {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        std::fs::write(folder.path().join(name), text).unwrap();
        folder.path().join(name)
    };
    let files = [
        ("--schema", file("a.cedarschema", SCHEMA)),
        ("--policies", file("a.cedar", policies)),
        ("--entities", file("e.json", ENTITIES)),
    ];
    let mut command = Command::new(env!("CARGO_BIN_EXE_reference-server"));
    command.args(["policy", "eval"]).args(options);
    for (option, path) in &files {
        command.arg(option).arg(path as &Path);
    }
    let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = piped.spawn().unwrap();
    // A refused file ends the program before it reads.
    let _ = child.stdin.take().unwrap().write_all(input);
    child.wait_with_output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn each_request_is_answered_by_either_engine() {
    let input = [request("ann", "view", "{}"), request("bob", "view", r#"{"ip":"127.0.0.1"}"#)].join("\n");
    for engine in ["program", "cedar"] {
        let done = eval(POLICIES, &["--engine", engine], input.as_bytes());
        assert!(done.status.success(), "{}", text(&done.stderr));
        let lines = [
            r#"{"decision":"allow","reasons":["policy0"],"errors":["policy2"]}"#,
            r#"{"decision":"deny","reasons":["policy3"],"errors":[]}"#,
        ];
        assert_eq!(text(&done.stdout).lines().collect::<Vec<_>>(), lines, "{engine}");
        let strict = eval(POLICIES, &["--engine", engine, "--combiner", "strict"], input.as_bytes());
        let first = text(&strict.stdout).lines().next().unwrap().to_owned();
        assert_eq!(first, r#"{"decision":"deny","reasons":[],"errors":["policy2"]}"#, "{engine}");
    }
}

#[test]
fn a_bad_line_is_reported_and_the_rest_answered() {
    let mut input = b"nonsense\n\xff\n[]\n{}\n\n".to_vec();
    input.extend(request("bob", "edit", "{}").into_bytes());
    input.push(b'\n');
    input.extend(request("bob", "view", r#"{"ok":1}"#).into_bytes());
    input.push(b'\n');
    input.extend(request("bob", "view", "{}").into_bytes());
    let done = eval(POLICIES, &[], &input);
    assert_eq!(done.status.code(), Some(1));
    let lines: Vec<serde_json::Value> =
        text(&done.stdout).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let numbers: Vec<_> = lines.iter().map(|line| line["line"].as_u64()).collect();
    assert_eq!(numbers, [Some(1), Some(2), Some(3), Some(4), Some(6), Some(7), None]);
    assert_eq!(lines[6], serde_json::json!({ "decision": "allow", "reasons": ["owner"], "errors": [] }));
    let told = text(&done.stderr);
    assert!(told.contains("line 4: `principal` is missing") && told.contains("line 6: "), "{told}");

    let loose = eval(POLICIES, &["--unvalidated"], &input);
    let answered = text(&loose.stdout).lines().filter(|line| line.contains("\"owner\"")).count();
    assert_eq!(answered, 3, "{}", text(&loose.stdout));
}

#[test]
fn a_bad_policy_is_named_with_line_and_column() {
    for (policies, said) in [
        ("permit (principal, action, resource) when { resource.nope };", "a.cedar:1:45: policy `policy0`: "),
        ("permit (principal, action, resource);\npermit (principal action);", "a.cedar:2:19: "),
        (
            "@id(\"a\") permit (principal, action, resource);\n@id(\"a\") forbid (principal, action, resource);",
            "a.cedar:2:1: policy id `a` is taken",
        ),
        (
            &format!(
                "permit (principal, action, resource) when {{ {}true{} }};",
                "(".repeat(5000),
                ")".repeat(5000)
            ),
            "brackets nest more than 1000 deep",
        ),
    ] {
        let done = eval(policies, &[], b"");
        assert_eq!(done.status.code(), Some(1));
        assert!(text(&done.stderr).contains(said), "{}", text(&done.stderr));
    }
    let loose = eval(
        "permit (principal, action, resource) when { resource.nope };",
        &["--unvalidated"],
        request("bob", "view", "{}").as_bytes(),
    );
    assert_eq!(text(&loose.stdout).trim(), r#"{"decision":"deny","reasons":[],"errors":["policy0"]}"#);
}
