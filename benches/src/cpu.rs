//! CPU time of the thread and allocations of something that is repeated: what a busy machine falsifies least.

use std::fmt;
use std::time::Duration;

use cpu_time::ThreadTime;

const WARM_UP: Duration = Duration::from_millis(50);
const ROUND: Duration = Duration::from_millis(120);
/// Rounds of one measurement; its figure is their median, its spread their extremes.
const ROUNDS: usize = 5;

/// What one of many alike operations costs.
#[derive(Debug, Clone, Copy)]
pub struct Cost {
    /// CPU nanoseconds: median, least and most of the rounds.
    pub nanoseconds: (f64, f64, f64),
    /// Allocations.
    pub allocations: f64,
}

/// Measures `run`, which carries out `operations` operations each time.
#[allow(clippy::cast_precision_loss, reason = "counts of a measurement are far below 2^52")]
pub fn measure(operations: usize, mut run: impl FnMut()) -> Cost {
    let begin = ThreadTime::now();
    while begin.elapsed() < WARM_UP {
        run();
    }
    let allocations = allocation_counter::measure(&mut run).count_total;
    let mut rounds: Vec<f64> = (0..ROUNDS).map(|_| round(&mut run) / operations as f64).collect();
    rounds.sort_by(f64::total_cmp);
    let at = |place: usize| rounds.get(place).copied().unwrap_or_default();
    Cost {
        nanoseconds: (at(ROUNDS / 2), at(0), at(ROUNDS - 1)),
        allocations: allocations as f64 / operations as f64,
    }
}

fn round(run: &mut impl FnMut()) -> f64 {
    let (begin, mut times) = (ThreadTime::now(), 0u32);
    loop {
        run();
        times += 1;
        let elapsed = begin.elapsed();
        if elapsed > ROUND {
            return elapsed.as_secs_f64() * 1e9 / f64::from(times);
        }
    }
}

impl fmt::Display for Cost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (median, least, most) = self.nanoseconds;
        write!(f, "{median:12.1} ns ({least:.1}–{most:.1}) {:10.1} allocations", self.allocations)
    }
}
