//! The command line: a decision point on a loopback port, behind whatever ends TLS.

use std::error::Error;
use std::io::Write;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};

use authzen::PageKey;
use authzen::credential::Credentials;
use authzen::decision::Point;
use authzen::generate;
use authzen::http::{Identifier, Served, router};
use clap::Parser;
use prodops_core::entropy::SystemEntropy;
use prodops_policy::PolicyFile;
use tokio::net::TcpListener;

/// Repositories of each generated workspace.
const REPOSITORIES: usize = 200;

/// An OpenID AuthZEN 1.0 decision point over Cedar policies, each workspace behind a token of its own.
#[derive(Debug, Parser)]
#[command(
    version,
    after_help = "Without files it serves two generated workspaces and prints a token for each.\n\n\
    authzen\n  authzen --schema s.cedarschema --policies p.cedar --entities e.json --credentials services.txt"
)]
struct Arguments {
    /// The schema, in the Cedar language. Entities that belong to a workspace have the attribute `workspace`.
    #[arg(long, value_name = "FILE", requires_all = ["policies", "entities"])]
    schema: Option<PathBuf>,
    /// The policies, in the Cedar language.
    #[arg(long, value_name = "FILE", requires = "schema")]
    policies: Option<PathBuf>,
    /// The entities, as JSON.
    #[arg(long, value_name = "FILE", requires = "schema")]
    entities: Option<PathBuf>,
    /// Lines `WORKSPACE TOKEN`, one for each service; without it a token is made for each workspace and printed.
    #[arg(long, value_name = "FILE")]
    credentials: Option<PathBuf>,
    /// The address under which services know it.
    #[arg(long, value_name = "URL", default_value = "https://localhost:8443")]
    identifier: Identifier,
    /// The loopback port; 0 takes any free one.
    #[arg(long, default_value_t = 8080)]
    port: u16,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::parse();
    let point = point(&arguments)?;
    let mut out = std::io::stdout();
    let credentials = match &arguments.credentials {
        Some(path) => Credentials::read(&read(path)?)?,
        None => {
            let (made, shown) = Credentials::generate(point.directory().workspaces(), &SystemEntropy)?;
            for (workspace, token) in shown {
                // The only time that a token is readable; the program itself keeps a hash.
                writeln!(out, "{workspace} {}", token.reveal())?;
            }
            made
        }
    };
    let unknown = |workspace: &&str| !point.directory().workspaces().any(|own| own == *workspace);
    if let Some(workspace) = credentials.workspaces().find(unknown) {
        return Err(format!("credentials: there is no workspace `{workspace}`").into());
    }
    let pages = PageKey::generate(&SystemEntropy)?;
    let served = Served { point, credentials, pages, identifier: arguments.identifier };
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, arguments.port)).await?;
    writeln!(out, "http://{}", listener.local_addr()?)?;
    let stop = async {
        let _ = tokio::signal::ctrl_c().await;
    };
    Ok(axum::serve(listener, router(served)).with_graceful_shutdown(stop).await?)
}

fn point(arguments: &Arguments) -> Result<Point, Box<dyn Error>> {
    let (Some(schema), Some(policies), Some(entities)) =
        (&arguments.schema, &arguments.policies, &arguments.entities)
    else {
        return Ok(generate::point(REPOSITORIES)?);
    };
    let texts = [read(schema)?, read(policies)?, read(entities)?];
    let names = [schema, policies, entities].map(|path| path.to_string_lossy());
    let [schema, policies, entities] = texts.each_ref();
    let [schema_name, policies_name, entities_name] = names.each_ref();
    Ok(Point::load(
        PolicyFile { name: schema_name, text: schema },
        PolicyFile { name: policies_name, text: policies },
        PolicyFile { name: entities_name, text: entities },
    )?)
}

fn read(path: &Path) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|error| format!("cannot read `{}`: {error}", path.display()))
}
