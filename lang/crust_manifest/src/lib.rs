//! Configuration and data files: text in; typed settings, data and diagnostics out. It knows no
//! JavaScript engine, resolves no modules and prints nothing.

#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        reason = "a failed expectation is the test's failure"
    )
)]

mod bunfig;
mod data;
mod feature_names;
mod fields;
mod json;
mod package_json;
mod source;
mod toml;
mod tsconfig;
mod value;
mod yaml;

pub use bunfig::BunConfig;
pub use data::{DataFormat, DataText, load_data, parse_data};
pub use feature_names::feature_names;
pub use package_json::{PackageJson, PackageType, find_package_json};
pub use source::{CONFIG_LIMIT, read_config};
pub use tsconfig::{CompilerOptions, Jsx, PathMapping, Tsconfig, Tsconfigs};
pub use value::{Object, Temporal, Value};
