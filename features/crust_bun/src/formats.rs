//! Parsers of data formats for `Bun.TOML`, `Bun.YAML`, `Bun.JSON5` and `Bun.JSONC`. The same parsers
//! read files that a program imports.

use crust_core::{Call, Exception, OpError, OpResult};
use crust_manifest::{DataFormat, DataText, load_data};

fn format_of(name: &str) -> Option<DataFormat> {
    match name {
        "TOML" => Some(DataFormat::Toml),
        "YAML" => Some(DataFormat::Yaml),
        "JSON5" => Some(DataFormat::Json5),
        "JSONC" => Some(DataFormat::Jsonc),
        _ => None,
    }
}

/// `parseData(text, format)`.
pub(crate) fn parse_data<'s>(cx: &mut Call<'s>) -> OpResult<'s> {
    let (text, name) = (cx.string(0)?, cx.string(1)?);
    let Some(format) = format_of(&name) else {
        return Err(OpError::type_error(format!("no format is called {name}")).into());
    };
    let data = load_data(&text, format, "input").map_err(|problems| {
        let message = problems
            .first()
            .map_or_else(String::new, |problem| problem.message.clone());
        OpError::syntax_error(format!("{name} Parse error: {message}"))
    })?;
    let scope = cx.scope();
    match data {
        DataText::Json(text) => scope
            .parse_json(&text)
            .ok_or_else(|| OpError::syntax_error(format!("{name} Parse error")).into()),
        DataText::JavaScript(text) => Ok(evaluate(cx, &text)?),
    }
}

/// Makes the value of an expression that the parser wrote.
fn evaluate<'s>(cx: &Call<'s>, expression: &str) -> Result<crust_core::Value<'s>, Exception<'s>> {
    let make = cx
        .scope()
        .global()
        .get("Function")?
        .construct(&[cx.make_string(&format!("return ({expression});"))])?;
    make.call(&[])
}
