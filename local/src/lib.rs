//! The whole system on one machine, wired from template.yaml. Development and tests only.

pub mod cli;
pub mod client;
pub mod clock;
pub mod connector;
pub mod dashboard;
pub mod data_folder;
pub mod demonstration;
pub mod endpoint;
pub mod gateway;
pub mod host;
pub mod invoke;
pub mod network_servers;
pub mod password;
pub mod product;
pub mod services;
pub mod simulator;
pub mod template;
