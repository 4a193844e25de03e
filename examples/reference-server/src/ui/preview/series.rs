//! Generated numbers that look like a year of work, the same on every run.

use crate::ui::chart::{Bucket, ShareColumn};
use crate::ui::palette::WorkKind;

/// A small generator; fixed seeds keep snapshots and pictures the same.
pub(super) struct Series(u64);

impl Series {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// Between 0 and 1.
    pub(super) fn unit(&mut self) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Weeks around a level; `gap` names weeks that are unknown, the last week has not ended.
    pub(super) fn weeks(&mut self, level: f64, spread: f64, gap: &[usize]) -> Vec<Bucket> {
        let mut value = level;
        weeks()
            .into_iter()
            .enumerate()
            .map(|(index, label)| {
                value += (self.unit() - 0.5) * spread + (level - value) * 0.35;
                let partial = index == 12;
                let shown = if partial { value * 0.5 } else { value };
                Bucket {
                    label,
                    value: (!gap.contains(&index)).then_some(shown.max(0.0)),
                    interval: None,
                    partial,
                }
            })
            .collect()
    }

    /// The same with an interval around each share.
    pub(super) fn shares(&mut self, level: f64, spread: f64, half: f64) -> Vec<Bucket> {
        let mut weeks = self.weeks(level, spread, &[]);
        for week in &mut weeks {
            week.partial = false;
            week.interval = week.value.map(|value| ((value - half).max(0.0), (value + half).min(1.0)));
        }
        weeks
    }

    pub(super) fn columns(&mut self, weights: &[(WorkKind, f64)]) -> Vec<ShareColumn> {
        let column = |(index, label): (usize, String)| {
            let part = |(kind, weight): &(WorkKind, f64)| (*kind, weight * (0.4 + 1.2 * self.unit()));
            ShareColumn { label, weights: (index != 4).then(|| weights.iter().map(part).collect()) }
        };
        weeks().into_iter().enumerate().map(column).collect()
    }

    /// Sizes that span several powers of ten.
    pub(super) fn sizes(&mut self, count: usize, middle: f64, spread: f64) -> Vec<f64> {
        let mut size = || {
            let bell = (0..6).map(|_| self.unit()).sum::<f64>() - 3.0;
            (middle * (bell * spread).exp()).round()
        };
        (0..count).map(|_| size()).collect()
    }

    pub(super) fn punches(&mut self) -> Box<[[u64; 24]; 7]> {
        let mut cells = Box::new([[0; 24]; 7]);
        for (day, hours) in cells.iter_mut().enumerate() {
            for (hour, cell) in hours.iter_mut().enumerate() {
                let distance = (hour as f64 - 14.5) / 4.2;
                let level = (-distance * distance).exp() * if day < 5 { 34.0 } else { 3.0 };
                *cell = (level * (0.6 + 0.8 * self.unit())) as u64;
            }
        }
        cells
    }
}

/// Thirteen Mondays.
fn weeks() -> Vec<String> {
    [
        "2 Mar", "9 Mar", "16 Mar", "23 Mar", "30 Mar", "6 Apr", "13 Apr", "20 Apr", "27 Apr", "4 May",
        "11 May", "18 May", "25 May",
    ]
    .map(str::to_owned)
    .into()
}
