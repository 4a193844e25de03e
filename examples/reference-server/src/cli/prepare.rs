//! What `serve` makes before anybody comes: workspaces, their connections and their members, as the configuration says.

use prodops::core::clock::{Clock, SystemClock};
use prodops::core::id::UserId;
use prodops::core::input::ConnectorId;
use prodops::core::session::VerifiedSubject;
use prodops::core::tenancy::{Grant, MembershipState, WorkspaceState};
use prodops::engine::{Engine, EngineError, Workspace};

use super::CliError;
use super::local::target;
use crate::config::{Config, WorkspaceConfig};

/// The operator, who owns every workspace, and the workspaces.
pub(super) async fn workspaces(
    engine: &Engine,
    config: &Config,
) -> Result<(UserId, Vec<Workspace>), CliError> {
    let operator = VerifiedSubject::new("reference-server", "operator", SystemClock.now())?;
    let owner = engine.user_of(&operator).await?;
    let mut workspaces = Vec::new();
    for wanted in &config.workspaces {
        let workspace = prepare(engine, &operator, owner, wanted).await?;
        if workspace.record().state != WorkspaceState::Active {
            tracing::warn!(workspace = %wanted.slug, "the workspace takes no changes: is its deletion under way?");
            continue;
        }
        if let Some(login) = &config.login {
            members(engine, &workspace, &login.issuer, wanted).await?;
        }
        workspaces.push(workspace);
    }
    Ok((owner, workspaces))
}

/// Makes the workspace and its connections unless they are there.
async fn prepare(
    engine: &Engine,
    operator: &VerifiedSubject,
    owner: UserId,
    wanted: &WorkspaceConfig,
) -> Result<Workspace, CliError> {
    match engine.provision_workspace_for(&wanted.slug, &wanted.name, owner).await {
        Err(error) if !error.is_already_there() => return Err(error.into()),
        _ => {}
    }
    let token = engine.sign_in(operator).await?;
    let session = engine.session(&token).await?.ok_or(EngineError::NotFound)?;
    let workspace = engine.enter(&session, &wanted.slug).await?;
    engine.sign_out(&session).await?;
    if workspace.record().state != WorkspaceState::Active {
        // It takes no changes, and its deletion may be under way: it is left as it is.
        return Ok(workspace);
    }
    let known = workspace.connections().await?;
    for path in &wanted.repositories {
        let target = target(path)?;
        // A connection that somebody cut stays cut.
        if !known.iter().any(|row| row.target == target) {
            match workspace.connect(&ConnectorId::new("git")?, &target).await {
                // Another process that starts at the same time was faster.
                Ok(_) => {}
                Err(error) if error.is_already_there() => {}
                // One folder that cannot be read must not keep the others from being served.
                Err(error) => tracing::warn!(workspace = %wanted.slug, %error, "not connected"),
            }
        }
    }
    workspace.plan_syncs().await?;
    Ok(workspace)
}

/// Makes members of those whom the configuration names, or gives them the role and state that it says. Whoever is not named is
/// left as they are.
async fn members(
    engine: &Engine,
    workspace: &Workspace,
    issuer: &str,
    wanted: &WorkspaceConfig,
) -> Result<(), CliError> {
    for member in &wanted.members {
        let subject = VerifiedSubject::new(issuer, &member.subject, SystemClock.now())?;
        // Whose time is over is nobody here already; the line may stay where it is.
        if member.until.is_some_and(|end| end <= SystemClock.now()) {
            continue;
        }
        let user = engine.user_of(&subject).await?;
        let grant = Grant { role: member.role, until: member.until };
        match workspace.add_member(user, grant).await {
            Ok(_) => {}
            Err(error) if error.is_already_there() => {
                workspace.change_role(user, grant).await?;
            }
            Err(error) => return Err(error.into()),
        }
        let state = if member.suspended { MembershipState::Suspended } else { MembershipState::Active };
        workspace.set_member_state(user, state).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use prodops::core::environment::Environment;
    use prodops::core::input::WorkspaceSlug;
    use prodops::core::session::ClientFamily;
    use prodops::core::tenancy::Role;
    use prodops::engine::Admission;
    use prodops::store::contract::AuditQuery;

    use super::*;

    fn configured(members: &str) -> Config {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("prodops.toml");
        let text = format!(
            "environment = \"test\"\nstore = \"x\"\nroot-keys = [\"file:k\"]\n[login]\nissuer = \"https://id.example.org\"\n\
             client-id = \"p\"\n[[workspace]]\nslug = \"one\"\nname = \"One\"\nmembers = [{members}]\n"
        );
        std::fs::write(&path, text).unwrap();
        Config::load(&path).unwrap()
    }

    /// The role with which somebody comes in who signs in at the provider.
    async fn role(engine: &Engine, name: &str) -> Option<Role> {
        let subject = VerifiedSubject::new("https://id.example.org", name, SystemClock.now()).unwrap();
        let token = engine.admit(&subject, Admission::Members, ClientFamily::default()).await.unwrap()?;
        let session = engine.session(&token).await.unwrap().unwrap();
        Some(engine.enter(&session, &WorkspaceSlug::new("one").unwrap()).await.unwrap().role())
    }

    async fn entries_about_members(workspace: &Workspace) -> usize {
        let log = workspace.audit(&AuditQuery::default(), None, 100).await.unwrap();
        log.items.iter().filter(|entry| entry.event.action == "ManageMembers").count()
    }

    #[tokio::test]
    async fn members_are_what_the_configuration_says_and_stay_so_without_further_entries() {
        let engine = Engine::builder(Environment::Test).build().await.unwrap();
        let first = r#"{ subject = "alice", role = "admin" }, { subject = "bob", role = "viewer" }"#;
        let (_, made) = workspaces(&engine, &configured(first)).await.unwrap();
        assert_eq!(
            (role(&engine, "alice").await, role(&engine, "bob").await),
            (Some(Role::Admin), Some(Role::Viewer))
        );
        assert_eq!(role(&engine, "carol").await, None);
        assert_eq!(entries_about_members(&made[0]).await, 2);

        let then = r#"{ subject = "alice", role = "viewer" }, { subject = "bob", role = "viewer", suspended = true }"#;
        for _ in 0..2 {
            workspaces(&engine, &configured(then)).await.unwrap();
            assert_eq!(
                (role(&engine, "alice").await, role(&engine, "bob").await),
                (Some(Role::Viewer), None)
            );
            assert_eq!(entries_about_members(&made[0]).await, 4, "one for each of the two changes");
        }
        // Whoever is named no more is left as they are.
        workspaces(&engine, &configured("")).await.unwrap();
        assert_eq!((role(&engine, "alice").await, role(&engine, "bob").await), (Some(Role::Viewer), None));
    }
}
