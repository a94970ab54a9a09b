//! Istanbul's JSON, which other tools merge and render.

use super::FileCoverage;
use crust_transpile::Counted;
use serde_json::{Map, Value, json};

/// One object for each file.
pub fn istanbul(files: &[FileCoverage]) -> String {
    let all: Map<String, Value> = files
        .iter()
        .map(|file| (file.path.to_string_lossy().into_owned(), object(file)))
        .collect();
    Value::Object(all).to_string()
}

fn place(counted: &Counted) -> Value {
    json!({
        "start": { "line": counted.line, "column": counted.column },
        "end": { "line": counted.end_line, "column": counted.end_column },
    })
}

fn numbered(values: impl Iterator<Item = Value>) -> Value {
    let numbered = values
        .enumerate()
        .map(|(index, value)| (index.to_string(), value));
    Value::Object(numbered.collect())
}

fn object(file: &FileCoverage) -> Value {
    let map = &file.map;
    json!({
        "path": file.path,
        "statementMap": numbered(map.statements.iter().map(place)),
        "fnMap": numbered(map.functions.iter().map(|function| json!({
            "name": function.name,
            "line": function.place.line,
            "decl": place(&function.place),
            "loc": place(&function.place),
        }))),
        "branchMap": numbered(map.branches.iter().map(|branch| json!({
            "type": branch.kind,
            "line": branch.line,
            "locations": branch.ways.iter().map(place).collect::<Vec<_>>(),
        }))),
        "s": numbered(map.statements.iter().map(|statement| json!(file.count(statement)))),
        "f": numbered(map.functions.iter().map(|function| json!(file.count(&function.place)))),
        "b": numbered(map.branches.iter().map(|branch| {
            json!(branch.ways.iter().map(|way| file.count(way)).collect::<Vec<_>>())
        })),
    })
}
