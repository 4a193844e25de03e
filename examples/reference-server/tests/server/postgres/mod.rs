//! The server on PostgreSQL: from an empty database to several processes, and the doctor's eye for what is wrong.

mod deployment;
mod doctor;
mod operation;
mod replicas;
