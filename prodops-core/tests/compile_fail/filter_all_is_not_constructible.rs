// "Every row" can be matched anywhere and written down only in core.
use prodops_core::filter::Filter;

fn main() {
    let _widest = Filter::All;
    let _widest = Filter::All {};
}
