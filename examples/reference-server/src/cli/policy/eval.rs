//! `policy eval`: requests in, decisions out, one line each.

use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use prodops::policy::PolicyFile;
use prodops::policy::decision_point::{Answer, DecisionPoint, Evaluator, Sources};
use prodops::policy::program;
use serde::Serialize;

use crate::cli::CliError;

pub(super) const EXAMPLE: &str = "A request is {\"principal\":{\"type\":\"User\",\"id\":\"ann\"},\"action\":{\"type\":\"Action\",\"id\":\"view\"},\n\
    \"resource\":{\"type\":\"Doc\",\"id\":\"plan\"},\"context\":{}}; the answer {\"decision\":\"allow\",\"reasons\":[\"policy0\"],\"errors\":[]}.\n\
    A line that is no request is answered with {\"line\":3,\"error\":\"…\"}, told on the standard error, and makes the exit code 1.";

#[derive(Debug, Args)]
pub(super) struct Eval {
    /// The schema, in the Cedar language or as JSON.
    #[arg(long, value_name = "FILE", required_unless_present = "unvalidated")]
    schema: Option<PathBuf>,
    /// The policies, in the Cedar language or as JSON.
    #[arg(long, value_name = "FILE")]
    policies: PathBuf,
    /// The entities, as JSON.
    #[arg(long, value_name = "FILE")]
    entities: Option<PathBuf>,
    /// How satisfied and failed policies come to a decision.
    #[arg(long, value_enum, default_value_t)]
    combiner: Combiner,
    /// What evaluates the policies.
    #[arg(long, value_enum, default_value_t)]
    engine: Engine,
    /// Take policies, entities and requests that do not fit the schema.
    #[arg(long)]
    unvalidated: bool,
}

#[derive(Debug, Clone, Copy, Default, ValueEnum)]
enum Combiner {
    /// As Cedar: a policy that fails is skipped.
    #[default]
    Cedar,
    /// A forbid that fails denies.
    Strict,
}

#[derive(Debug, Clone, Copy, Default, ValueEnum)]
enum Engine {
    /// The decision program of ProdOps.
    #[default]
    Program,
    /// The cedar-policy library.
    Cedar,
}

/// A line of the output.
#[derive(Serialize)]
#[serde(untagged)]
enum Line {
    Decision { decision: &'static str, reasons: Vec<String>, errors: Vec<String> },
    Bad { line: usize, error: String },
}

impl Eval {
    pub(super) fn run(self) -> Result<(), CliError> {
        let point = self.load()?;
        let mut input = BufReader::new(std::io::stdin());
        let mut out = BufWriter::new(std::io::stdout().lock());
        let (mut bad, mut number, mut line) = (0usize, 0usize, Vec::new());
        while input.read_until(b'\n', &mut line)? > 0 {
            number += 1;
            bad += usize::from(!self.line(&point, number, line.trim_ascii(), &mut out)?);
            line.clear();
            // Whoever waits for an answer before the next request gets it.
            if input.buffer().is_empty() {
                out.flush()?;
            }
        }
        out.flush()?;
        match bad {
            0 => Ok(()),
            1 => Err(CliError::Argument("1 line was not answered".to_owned())),
            bad => Err(CliError::Argument(format!("{bad} lines were not answered"))),
        }
    }

    /// Answers one line; whether it could be. An empty one is not asked for an answer.
    fn line(
        &self,
        point: &DecisionPoint,
        number: usize,
        line: &[u8],
        out: &mut impl Write,
    ) -> Result<bool, CliError> {
        if line.is_empty() {
            return Ok(true);
        }
        let answer = match self.answer(point, line) {
            Ok(answer) => answer,
            Err(error) => {
                writeln!(std::io::stderr(), "line {number}: {error}")?;
                Line::Bad { line: number, error }
            }
        };
        serde_json::to_writer(&mut *out, &answer).map_err(std::io::Error::from)?;
        out.write_all(b"\n")?;
        Ok(matches!(answer, Line::Decision { .. }))
    }

    fn load(&self) -> Result<DecisionPoint, CliError> {
        let schema = self.schema.as_deref().map(Text::read).transpose()?;
        let policies = Text::read(&self.policies)?;
        let entities = self.entities.as_deref().map(Text::read).transpose()?;
        let sources = Sources {
            schema: schema.as_ref().map(Text::file),
            policies: policies.file(),
            entities: entities.as_ref().map(Text::file),
        };
        let loaded = if self.unvalidated {
            DecisionPoint::unvalidated(&sources)
        } else {
            DecisionPoint::load(&sources)
        };
        Ok(loaded?)
    }

    fn answer(&self, point: &DecisionPoint, line: &[u8]) -> Result<Line, String> {
        let line = std::str::from_utf8(line).map_err(|error| format!("not UTF-8: {error}"))?;
        let evaluator = match self.engine {
            Engine::Program => Evaluator::Program,
            Engine::Cedar => Evaluator::Cedar,
        };
        let combiner = match self.combiner {
            Combiner::Cedar => program::Combiner::Cedar,
            Combiner::Strict => program::Combiner::Strict,
        };
        let Answer { allowed, reasons, errors } =
            point.answer(line, evaluator, combiner).map_err(|error| error.to_string().replace('\n', " "))?;
        Ok(Line::Decision { decision: if allowed { "allow" } else { "deny" }, reasons, errors })
    }
}

/// A file that was read.
struct Text {
    name: String,
    text: String,
}

impl Text {
    fn read(path: &Path) -> Result<Self, CliError> {
        let name = path.display().to_string();
        match std::fs::read_to_string(path) {
            Ok(text) => Ok(Self { name, text }),
            Err(error) => Err(CliError::Argument(format!("cannot read {name}: {error}"))),
        }
    }

    fn file(&self) -> PolicyFile<'_> {
        PolicyFile { name: &self.name, text: &self.text }
    }
}
