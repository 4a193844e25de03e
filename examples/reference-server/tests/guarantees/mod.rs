//! What the server promises to the people whose data it holds: each test is named after its promise.

mod authorisation;
mod forgery;
mod isolation;
mod tokens;
mod transport;
