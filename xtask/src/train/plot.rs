//! The calibration plot: how certain the model is, and how often it is right.

use std::fmt::Write as _;

use super::figures::{BINS, Counted, share};

/// Pixels of a side of the square.
const SIDE: f64 = 300.0;

/// An SVG of bars beside the line on which they should end. The area of a circle is the number of commits.
pub(super) fn calibration(counted: &Counted) -> String {
    let most = counted.bins.iter().map(|(commits, ..)| *commits).max().unwrap_or(1).max(1);
    let mut svg = String::from(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"-40 -10 360 350\" font-family=\"sans-serif\" font-size=\"11\">\n\
         <title>How often a label is right, by its probability</title>\n\
         <rect width=\"300\" height=\"300\" fill=\"none\" stroke=\"#888\"/>\n\
         <line x1=\"0\" y1=\"300\" x2=\"300\" y2=\"0\" stroke=\"#888\" stroke-dasharray=\"4\"/>\n\
         <text x=\"150\" y=\"330\" text-anchor=\"middle\">probability</text>\n\
         <text x=\"-150\" y=\"-28\" text-anchor=\"middle\" transform=\"rotate(-90)\">share that is right</text>\n",
    );
    for tenth in [0u8, 5, 10] {
        let (at, number) = (SIDE * f64::from(tenth) / 10.0, f64::from(tenth) / 10.0);
        let _ = writeln!(svg, "<text x=\"{at}\" y=\"314\" text-anchor=\"middle\">{number}</text>");
        let _ = writeln!(svg, "<text x=\"-4\" y=\"{}\" text-anchor=\"end\">{number}</text>", SIDE - at + 4.0);
    }
    for (commits, sum, right) in counted.bins.iter().filter(|(commits, ..)| *commits > 0) {
        let commits = f64::from(*commits);
        let (x, y) = (SIDE * share(*sum, commits), SIDE * (1.0 - share(f64::from(*right), commits)));
        let radius = 2.0 + 12.0 * share(commits, f64::from(most)).sqrt();
        let _ = writeln!(
            svg,
            "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{radius:.1}\" fill=\"#27c\" fill-opacity=\"0.6\"><title>{commits} commits</title></circle>"
        );
    }
    svg.push_str("</svg>\n");
    svg
}

const _: () = assert!(BINS > 0, "a plot of nothing");
