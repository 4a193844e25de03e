//! A dashboard, an API and commands over the ProdOps engine: what a platform team copies from.

pub mod admin;
pub mod api;
pub mod cli;
pub mod config;
pub mod leaks;
pub mod login;
pub mod pages;
pub mod present;
pub mod server;
pub mod syncing;
pub mod ui;
pub mod web;
