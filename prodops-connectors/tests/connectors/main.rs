//! The git connector against real repositories, and the sync driver against failing stores and sources.

mod damage;
mod driver_content;
mod driver_records;
mod git_oracle;
mod hostile;
mod kinds;
mod places;
mod reading;
mod repository;
mod resync;
mod shapes;
mod sink;
mod times;
