//! The features in the binary, in boot order. One line each.

use crust_core::Feature;

/// Deleting a feature's folder and its line here deletes the feature.
pub(crate) const FEATURES: &[Feature] = &[
    crust_bun::FEATURE,
    crust_config_api::FEATURE,
    crust_web::FEATURE,
    crust_console::FEATURE,
    crust_node::FEATURE,
    crust_fs::FEATURE,
    crust_process::FEATURE,
    crust_fetch::FEATURE,
    crust_http::FEATURE,
    crust_websocket::FEATURE,
    crust_crypto::FEATURE,
    crust_net::FEATURE,
    crust_html::FEATURE,
    crust_test_api::FEATURE,
    crust_build_api::FEATURE,
];
