//! Child processes: what is run is printed, and the exit code is kept.

use std::process::Command;

use crate::error::{Error, Result};

/// One command line.
#[derive(Debug, Clone)]
pub(crate) struct Step {
    program: String,
    args: Vec<String>,
    env: Option<(&'static str, String)>,
}

impl Step {
    /// A command line of `program`.
    pub(crate) fn new(program: &str, args: &[&str]) -> Self {
        Self { program: program.to_owned(), args: args.iter().map(ToString::to_string).collect(), env: None }
    }

    /// A command line of cargo.
    pub(crate) fn cargo(args: &[&str]) -> Self {
        Self::new("cargo", args)
    }

    /// Adds arguments at the end.
    pub(crate) fn with_args(mut self, extra: &[String]) -> Self {
        self.args.extend(extra.iter().cloned());
        self
    }

    /// Sets one environment variable for the child.
    pub(crate) fn with_env(mut self, name: &'static str, value: &str) -> Self {
        self.env = Some((name, value.to_owned()));
        self
    }

    /// The command line as one would type it.
    pub(crate) fn line(&self) -> String {
        let env = self.env.as_ref().map(|(name, value)| format!("{name}=\"{value}\" ")).unwrap_or_default();
        let args: String = self.args.iter().map(|arg| format!(" {arg}")).collect();
        format!("{env}{}{args}", self.program)
    }

    /// Runs with the terminal of this process and answers the exit code; a child ended by a signal counts as 1.
    pub(crate) fn run(&self) -> Result<u8> {
        eprintln!("==> {}", self.line());
        let status = self.command().status().map_err(|source| self.not_started(source))?;
        Ok(status.code().map_or(1, |code| u8::try_from(code).unwrap_or(1)))
    }

    /// Runs quietly and answers the standard output.
    pub(crate) fn capture(&self) -> Result<String> {
        let output = self.command().output().map_err(|source| self.not_started(source))?;
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
        }
        let output = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        Err(Error::Failed { command: self.line(), output })
    }

    /// Whether the command exists and succeeds; nothing is printed.
    pub(crate) fn succeeds(&self) -> bool {
        self.capture().is_ok()
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.args(&self.args).envs(self.env.iter().map(|(name, value)| (name, value)));
        command
    }

    fn not_started(&self, source: std::io::Error) -> Error {
        Error::Start { program: self.program.clone(), source }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_shows_the_environment_and_the_arguments() {
        let step =
            Step::cargo(&["doc"]).with_env("RUSTDOCFLAGS", "-D warnings").with_args(&["--open".into()]);
        assert_eq!(step.line(), "RUSTDOCFLAGS=\"-D warnings\" cargo doc --open");
    }

    #[test]
    fn a_failing_command_is_told_apart_from_a_missing_one() {
        assert!(Step::cargo(&["--version"]).succeeds());
        assert!(matches!(Step::cargo(&["no-such-subcommand"]).capture(), Err(Error::Failed { .. })));
        assert!(matches!(Step::new("no-such-program", &[]).capture(), Err(Error::Start { .. })));
    }
}
