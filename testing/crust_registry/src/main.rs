//! `crust_registry PACKAGES.json [PORT]` serves packages by hand until it is ended;
//! `crust_registry synthetic COUNT` serves packages made by arithmetic, and prints what a project depends
//! on that needs them.

#![allow(clippy::expect_used, reason = "a tool of tests fails by panicking")]

use crust_registry::{Packages, Registry, synthetic};

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let number = |at: usize| words.get(at).map(|text| text.parse().expect("a number"));
    let registry = match words.first().map(String::as_str) {
        Some("synthetic") => {
            let count = number(1).unwrap_or(100);
            let registry = Registry::start(synthetic::packages(count));
            println!("{}", registry.url());
            println!("{}", serde_json::Value::Object(synthetic::direct(count)));
            registry
        }
        Some(file) => {
            let text = std::fs::read_to_string(file).expect("the file of packages");
            let port = number(1)
                .and_then(|port| u16::try_from(port).ok())
                .unwrap_or(0);
            let registry = Registry::start_at(Packages::parse(&text), port);
            println!("{}", registry.url());
            registry
        }
        None => panic!("crust_registry PACKAGES.json [PORT] or crust_registry synthetic COUNT"),
    };
    registry.forget_requests();
    loop {
        std::thread::park();
    }
}
