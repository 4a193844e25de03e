//! `policy check` and `policy explain` as a shell meets them.

use std::path::PathBuf;
use std::process::{Command, Output};

use prodops::policy::Policy;

fn run(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_reference-server"));
    command.arg("policy").args(arguments).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// The shipped files in a folder, one of them changed.
struct Files {
    folder: tempfile::TempDir,
    paths: Vec<PathBuf>,
}

impl Files {
    fn new(change: impl Fn(&str, &str) -> String) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let write = |file: &prodops::policy::PolicyFile<'_>| {
            let path = folder.path().join(file.name);
            std::fs::write(&path, change(file.name, file.text)).unwrap();
            path
        };
        let paths = Policy::shipped_files().iter().map(write).collect();
        Self { folder, paths }
    }

    fn check(&self, more: &[&str]) -> Output {
        let paths: Vec<&str> = self.paths.iter().map(|path| path.to_str().unwrap()).collect();
        run(&[&["check"], paths.as_slice(), more].concat())
    }
}

/// The set with one more policy at the end of a file.
fn with(policy: &'static str) -> Files {
    Files::new(
        move |name, text| if name == "always.cedar" { format!("{text}\n{policy}\n") } else { text.into() },
    )
}

const NARROWER: &str = "@id(\"no-connecting\") @description(\"Nobody connects anything.\")
forbid (principal, action == ProdOps::Action::\"Connect\", resource);";
const WIDER: &str = "@id(\"viewer-connects\") @description(\"Viewers connect.\")
permit (principal is ProdOps::Member, action == ProdOps::Action::\"Connect\", resource)
when { principal.role == ProdOps::Role::\"viewer\" };";

#[test]
fn the_shipped_set_changes_nothing() {
    let done = Files::new(|_, text| text.to_owned()).check(&[]);
    let said = text(&done.stdout);
    assert!(done.status.success(), "{}", text(&done.stderr));
    assert!(said.contains(" policies, all taken") && said.contains("nobody may do more or less"), "{said}");
}

#[test]
fn what_changes_is_told_field_by_field() {
    let done = with(NARROWER).check(&[]);
    let said = text(&done.stdout);
    assert!(done.status.success(), "{}", text(&done.stderr));
    assert!(said.contains("+ policy no-connecting"), "{said}");
    let own: Vec<&str> =
        said.lines().filter(|line| line.contains("owner ") && line.contains(" Connect ")).collect();
    assert!(
        own.iter().any(|line| line.contains("always (") && line.ends_with("never (no-connecting)")),
        "{said}"
    );
    assert!(said.contains(" 0 fields wider") || said.contains("\n0 fields wider, "), "{said}");

    let wider = with(WIDER);
    let said = text(&wider.check(&[]).stdout);
    let viewer = said.lines().find(|line| line.contains("viewer ") && line.contains(" Connect "));
    assert!(viewer.unwrap().ends_with("never (nothing permits it) → always (viewer-connects)"), "{said}");

    // The other way round, and beside itself.
    let paths: Vec<&str> = wider.paths.iter().map(|path| path.to_str().unwrap()).collect();
    let against = [&["--against"], paths.as_slice()].concat();
    let back = text(&Files::new(|_, text| text.to_owned()).check(&against).stdout);
    assert!(back.contains("- policy viewer-connects"), "{back}");
    assert!(
        text(&wider.check(&against).stdout).contains("nobody may do more or less than with the other set")
    );
}

#[test]
fn a_set_that_is_not_taken_is_refused_in_one_line_that_says_what_to_do() {
    for (policy, said) in [
        ("permit (principal, action, resource);", "policy without `@id(\"…\")`: give it an id of its own"),
        (
            "@id(\"x\") permit (principal, action, resource);",
            "policy `x` without `@description(\"…\")`: say for",
        ),
        ("@id(\"x\") @description(\"y\") permit (principal action);", "mend the file there"),
        (
            "@id(\"x\") @description(\"y\") forbid (principal, action, resource) when { resource.nope };",
            "policy `x`: ",
        ),
        (
            "@id(\"tenant-mismatch\") @description(\"y\") forbid (principal, action, resource);",
            "policy id `tenant-mismatch` is taken by another policy: give one of the two another id",
        ),
    ] {
        let files = with(policy);
        let done = files.check(&[]);
        let told = text(&done.stderr);
        assert_eq!(done.status.code(), Some(1), "{policy}");
        assert_eq!(told.lines().count(), 1, "{told}");
        let place = format!("{}/always.cedar:", files.folder.path().display());
        assert!(told.starts_with(&format!("error: {place}")) && told.contains(said), "{told}");
        assert!(text(&done.stdout).is_empty());
    }
}

#[test]
fn a_set_with_a_weaker_lock_between_workspaces_is_refused() {
    let files = Files::new(|name, text| match name {
        "always.cedar" => {
            text.replacen("!= resource.workspace", "!= resource.workspace && context.archived", 1)
        }
        _ => text.to_owned(),
    });
    let done = files.check(&[]);
    assert_eq!(done.status.code(), Some(1));
    assert!(text(&done.stderr).contains("resource.workspace"), "{}", text(&done.stderr));
}

#[test]
fn files_and_command_lines_that_are_wrong_are_told_apart() {
    let missing = run(&["check", "no-such-file.cedar"]);
    assert_eq!(missing.status.code(), Some(1));
    assert!(text(&missing.stderr).contains("cannot read `no-such-file.cedar`"));
    assert_eq!(run(&["check"]).status.code(), Some(2));
    assert_eq!(run(&["explain", "--as", "owner"]).status.code(), Some(2));
    let help = text(&run(&["check", "--help"]).stdout);
    assert!(help.contains("Examples:") && help.contains("Exit codes:"), "{help}");
}

#[test]
fn a_field_is_explained_with_its_policies() {
    let done = run(&["explain", "--as", "owner", "--action", "ReadAudit"]);
    let said = text(&done.stdout);
    assert!(done.status.success(), "{}", text(&done.stderr));
    assert!(said.starts_with("`owner` may always `ReadAudit` a `AuditLog`"), "{said}");
    assert!(said.contains(".cedar:"), "{said}");
    let typed = run(&["explain", "--as", "owner", "--action", "ReadAudit", "--type", "AuditLog"]);
    assert_eq!(text(&typed.stdout), said);
    let never = text(&run(&["explain", "--as", "viewer", "--action", "Connect"]).stdout);
    assert!(never.contains("`viewer` may never `Connect`"), "{never}");

    for (arguments, said) in [
        (
            ["--as", "king", "--action", "ReadAudit", "--type", "AuditLog"],
            "no principal `king`: use one of viewer",
        ),
        (["--as", "owner", "--action", "Fly", "--type", "AuditLog"], "no action `Fly`"),
        (["--as", "owner", "--action", "ReadAudit", "--type", "Team"], "done to `AuditLog`, not to `Team`"),
    ] {
        let done = run(&[&["explain"], arguments.as_slice()].concat());
        assert_eq!(done.status.code(), Some(1));
        assert!(text(&done.stderr).contains(said), "{}", text(&done.stderr));
    }
}

#[test]
fn an_own_set_is_explained_too() {
    let files = with(NARROWER);
    let paths: Vec<&str> = files.paths.iter().map(|path| path.to_str().unwrap()).collect();
    let arguments =
        [&["explain", "--as", "owner", "--action", "Connect", "--policies"], paths.as_slice()].concat();
    let said = text(&run(&arguments).stdout);
    assert!(said.contains("`owner` may never `Connect`") && said.contains("no-connecting forbids"), "{said}");
}
