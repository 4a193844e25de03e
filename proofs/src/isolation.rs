//! The property: whatever a request and the entities say, nobody is allowed anything in another workspace.

use cedar_policy::{Authorizer, Decision, Policy, PolicyId, PolicySet, RequestEnv, Schema};
use cedar_policy_symcc::solver::LocalSolver;
use cedar_policy_symcc::{CedarSymCompiler, CompiledPolicy, CompiledPolicySet, Env};

use crate::error::{ProofError, Result};
use crate::pack::Pack;
use crate::sabotage::TENANT;

/// Holds exactly for the requests across a border: that it is disjoint from a policy set is that the set lets none through.
const ACROSS: &str =
    "permit (principal, action, resource) when { principal.workspace != resource.workspace };";

/// Asks a solver about the policies of a schema.
pub(crate) struct Prover<'a> {
    schema: &'a Schema,
    across: PolicySet,
    compiler: CedarSymCompiler<LocalSolver>,
}

impl<'a> Prover<'a> {
    /// A prover over a schema.
    pub(crate) fn new(schema: &'a Schema, solver: LocalSolver) -> Result<Self> {
        let compiler = CedarSymCompiler::new(solver).map_err(|error| symbolic("solver", &error))?;
        let across =
            ACROSS.parse().map_err(|error: cedar_policy::ParseErrors| symbolic("property", &error))?;
        Ok(Self { schema, across, compiler })
    }

    /// A request across the border that the set allows; `None` when there is provably none.
    ///
    /// The request is put to Cedar itself, so that a mistake of the translation is an error and not a finding.
    pub(crate) async fn leak(&mut self, set: &PolicySet, environment: &RequestEnv) -> Result<Option<Env>> {
        let (ours, across) = (self.compile(set, environment)?, self.compile(&self.across, environment)?);
        let found = self.compiler.check_disjoint_with_counterexample_opt(&ours, &across).await;
        let found = found.map_err(|error| symbolic(&name(environment), &error))?;
        match found {
            Some(leak) if !(allows(set, &leak) && allows(&self.across, &leak)) => {
                Err(symbolic(&name(environment), &"cedar decides the solver's counterexample differently"))
            }
            found => Ok(found),
        }
    }

    /// Whether the set can allow anything at all in an environment.
    pub(crate) async fn permits(&mut self, set: &PolicySet, environment: &RequestEnv) -> Result<bool> {
        let set = self.compile(set, environment)?;
        let denies = self.compiler.check_always_denies_opt(&set).await;
        denies.map(|denies| !denies).map_err(|error| symbolic(&name(environment), &error))
    }

    /// Whether the policy that keeps workspaces apart can be evaluated whatever the request: a forbid that fails is skipped.
    pub(crate) async fn lock_never_fails(&mut self, pack: &Pack, environment: &RequestEnv) -> Result<bool> {
        let lock = pack.policies.policy(&PolicyId::new(TENANT));
        let lock: &Policy = lock.ok_or(ProofError::NoTenantPolicy { id: TENANT })?;
        let compiled = CompiledPolicy::compile(lock, environment, self.schema);
        let compiled = compiled.map_err(|error| symbolic(&name(environment), &error))?;
        let never = self.compiler.check_never_errors_opt(&compiled).await;
        never.map_err(|error| symbolic(&name(environment), &error))
    }

    fn compile(&self, set: &PolicySet, environment: &RequestEnv) -> Result<CompiledPolicySet> {
        CompiledPolicySet::compile(set, environment, self.schema)
            .map_err(|error| symbolic(&name(environment), &error))
    }
}

/// An environment in words: who does what to which.
pub(crate) fn name(environment: &RequestEnv) -> String {
    format!("{} {} {}", environment.principal(), environment.action(), environment.resource())
}

fn allows(set: &PolicySet, leak: &Env) -> bool {
    let response = Authorizer::new().is_authorized(&leak.request, set, &leak.entities);
    response.decision() == Decision::Allow
}

fn symbolic(environment: &str, said: &dyn std::fmt::Display) -> ProofError {
    ProofError::Symbolic { environment: environment.to_owned(), message: said.to_string() }
}
