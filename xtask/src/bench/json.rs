//! Reading data: `await Bun.file(path).json()` on 50 MB; Deno and Node read the file their own way.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::Result;

use super::case::{Case, Lab, Metric, Program, Target};

const BYTES: usize = 50 * 1024 * 1024;

pub(super) const CASE: Case = Case {
    name: "json",
    title: "`Bun.file(\"data.json\").json()`, 50 MB",
    metric: Metric::Wall,
    targets: &[Target::AtMost {
        program: "bun",
        ratio: 1.1,
    }],
    rounds: 7,
    prepare,
};

fn prepare(lab: &Lab, folder: &Path) -> Result<Vec<Program>> {
    std::fs::write(folder.join("data.json"), data()?)?;
    let print = "console.log(rows.length, rows[rows.length - 1].id);\n";
    let with_bun = format!("const rows: any[] = await Bun.file(\"data.json\").json();\n{print}");
    let with_node = format!(
        "import {{ readFileSync }} from \"node:fs\";\n\
         const rows = JSON.parse(readFileSync(\"data.json\", \"utf8\"));\n{print}"
    );
    std::fs::write(folder.join("bun.ts"), with_bun)?;
    std::fs::write(folder.join("node.mjs"), with_node)?;
    let deno = ["run", "--allow-all", "--no-lock", "node.mjs"];
    Ok(vec![
        Program::new("crust", &lab.crust, &["bun.ts"]),
        Program::new("bun", &lab.peers.bun, &["bun.ts"]),
        Program::new("deno", &lab.peers.deno, &deno),
        Program::new("node", &lab.peers.node, &["node.mjs"]),
    ])
}

/// Rows as a service would return them: numbers, short and long strings, nesting, some text that is
/// not ASCII.
fn data() -> Result<String> {
    let mut text = String::with_capacity(BYTES + 1024);
    let mut id = 0_u64;
    text.push('[');
    while text.len() < BYTES {
        if id > 0 {
            text.push(',');
        }
        write!(
            text,
            "{{\"id\":{id},\"name\":\"user {id}\",\"active\":{},\"score\":{}.5,\
             \"tags\":[\"alpha\",\"beta\",\"größe\"],\"address\":{{\"street\":\"Main Street {}\",\
             \"city\":\"Springfield\"}},\"note\":\"a longer line of text that a person wrote\"}}",
            id.is_multiple_of(3),
            id * 7919 % 1000,
            id % 500
        )?;
        id += 1;
    }
    text.push(']');
    Ok(text)
}
