//! A matrix with every mark, explained.

use crate::ui::view::{
    CircumstanceLink, FieldState, Policies, PolicyExplanation, PolicyField, PolicyGroup, PolicyRow,
    PolicyVoice, SystemRow,
};

const ROLES: [&str; 8] = ["viewer", "member", "manager", "admin", "owner", "auditor", "billing", "support"];

fn row(action: &str, name: &str, marks: &str) -> PolicyRow {
    let field = |(role, mark): (&str, char)| PolicyField {
        role: role.into(),
        state: match mark {
            'y' => FieldState::Always,
            'i' => FieldState::Depends,
            _ => FieldState::Never,
        },
        because: "Managers see the metrics of the teams that they manage.".into(),
        href: format!("/w/payments/policies?as={role}&action={name}#explained"),
        chosen: role == "manager" && name == "ReadTeamMetrics",
    };
    PolicyRow {
        action: action.into(),
        name: name.into(),
        fields: ROLES.into_iter().zip(marks.chars()).map(field).collect(),
    }
}

fn circumstance(text: &str, name: &str, current: bool) -> CircumstanceLink {
    CircumstanceLink { text: text.into(), href: format!("/w/payments/policies?in={name}"), current }
}

/// Three types of resource, background work, and a field that depends.
pub(in crate::ui) fn policies() -> Policies {
    let groups = vec![
        PolicyGroup {
            resource: "Workspace".into(),
            rows: vec![
                row("Read workspace", "ReadWorkspace", "yyyyyyyi"),
                row("Connect", "Connect", "---yy---"),
                row("Delete workspace", "DeleteWorkspace", "----y---"),
            ],
        },
        PolicyGroup {
            resource: "Team".into(),
            rows: vec![
                row("List teams", "ListTeams", "yyyyy---"),
                row("Read team metrics", "ReadTeamMetrics", "--iyy---"),
            ],
        },
        PolicyGroup {
            resource: "HR record".into(),
            rows: vec![row("Read HR record", "ReadHrRecord", "-iiii---")],
        },
    ];
    let voice = |id: &str, description: &str, effect: &str, condition: &str, place: &str| PolicyVoice {
        id: id.into(),
        description: description.into(),
        effect: effect.into(),
        forbids: effect.starts_with("forbids"),
        conditions: vec![condition.into()],
        place: place.into(),
    };
    let voices = vec![
        voice(
            "unless-unlocked",
            "Nobody sees what is above their clearance.",
            "forbids in some cases",
            "when { resource.sensitivity > context.clearance }",
            "sensitive.cedar:12:1",
        ),
        voice(
            "manager-runs-their-teams",
            "Managers see the metrics of the teams that they manage, and say who is in them.",
            "permits in some cases",
            "when { (principal.role == ProdOps::Role::\"manager\") && context.managed_teams.contains(resource) }",
            "people.cedar:16:1",
        ),
    ];
    Policies {
        count: 48,
        circumstances: vec![
            circumstance("Own workspace, active, in a session", "session", true),
            circumstance("Own workspace, archived", "archived", false),
            circumstance("Own workspace, through an API token", "token", false),
        ],
        roles: ROLES.map(str::to_owned).into(),
        own: "manager".into(),
        groups,
        systems: vec![SystemRow {
            system: "sync".into(),
            actions: vec![(
                "ingest facts".into(),
                "/w/payments/policies?as=sync&action=IngestFacts#explained".into(),
            )],
        }],
        explanation: Some(PolicyExplanation {
            sentence: "A manager may read team metrics, on a team, under conditions".into(),
            voices,
        }),
        close: "/w/payments/policies".into(),
    }
}
