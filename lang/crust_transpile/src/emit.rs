//! From a module to the text the engine evaluates: one function expression or one block, whose first line is the
//! source's first line. README.md describes the protocol between the text and the runtime.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::column_map::ColumnMap;
use crate::edits::{MemberSite, Values};
use crate::format::COMMON_JS_NAMES;
use crate::module::{Constants, Format, ImportName, LocalExport, Module};

/// How the function of an ECMAScript module is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Shape {
    /// The module is in no import cycle: one call runs it.
    #[default]
    Fast,
    /// As `Fast`, for a body that [`Module::fits_block`]: a program whose `this` is the environment.
    Block,
    /// The module is in a cycle: a first step makes its bindings visible, a second runs it.
    Cyclic,
}

/// How the body reaches an import.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum ImportMode {
    /// A constant that is read once when the body starts.
    #[default]
    Copy,
    /// A property read at each reference.
    Live,
}

/// What the linker decided about a module.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EmitPlan {
    /// The shape of the function.
    pub shape: Shape,
    /// One mode per import of the module; missing ones are copies.
    pub import_modes: Vec<ImportMode>,
    /// The const enums among what the module reads members of.
    pub constants: Vec<ImportedConstants>,
    /// Carries the async context across each `await` (`$crust.frame`, `$crust.newFrame()`). A CommonJS
    /// module has decided that when it was parsed.
    pub async_context: bool,
}

/// A const enum of another module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportedConstants {
    /// What the module reads members of.
    pub from: MemberRead,
    /// The members whose values are known.
    pub members: Constants,
}

/// What a module reads a member of: an import, or an export of an imported namespace.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MemberRead {
    /// Index in [`Module::imports`].
    pub import: usize,
    /// The name of the export, if what is imported is a namespace.
    pub export: Option<String>,
}

impl EmitPlan {
    /// For a module in no cycle whose imports are all copies.
    pub fn plain(module: &Module) -> Self {
        Self {
            shape: if module.fits_block() {
                Shape::Block
            } else {
                Shape::Fast
            },
            ..Self::default()
        }
    }

    fn is_live(&self, import: usize) -> bool {
        self.import_modes.get(import) == Some(&ImportMode::Live)
    }

    fn constant(&self, source: &str, site: &MemberSite) -> Option<&str> {
        if self.constants.is_empty() {
            return None;
        }
        let (outer, name) = site.names(source);
        let found = self.constants.iter().find(|it| {
            it.from.import == site.import as usize && it.from.export.as_deref() == outer
        })?;
        let member = found.members.iter().find(|(known, _)| known == name)?;
        Some(&member.1)
    }
}

/// An emitted program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Emitted {
    /// One expression or one block, for the engine's program level.
    pub text: String,
    /// Its columns.
    pub columns: ColumnMap,
}

impl Module {
    /// Emits the module. The plan of a CommonJS module is not read.
    pub fn emit(&self, plan: &EmitPlan) -> Emitted {
        let (prefix, suffix) = match self.format {
            Format::Esm => (self.module_prefix(plan), self.module_suffix(plan.shape)),
            Format::CommonJs => (self.common_js_prefix(), "\n})".to_owned()),
        };
        let live = |import: usize| plan.is_live(import);
        let import = |import: usize, out: &mut String| {
            if plan.is_live(import) {
                self.live_read(import, out);
            } else if let Some(import) = self.imports.get(import) {
                out.push_str(&import.local);
            }
        };
        let values = Values {
            live: &live,
            import: &import,
            constant: &|site| plan.constant(&self.source, site),
            async_context: plan.async_context || self.format == Format::CommonJs,
        };
        let (text, columns) = self.edits.apply(&self.source, &prefix, &suffix, &values);
        Emitted { text, columns }
    }

    /// What the module reads members of, for the linker to find const enums among it. Only
    /// TypeScript has any.
    pub fn member_reads(&self) -> BTreeSet<MemberRead> {
        let named = |import: usize| self.imports.get(import).map(|it| &it.imported);
        let reads = self.edits.members().filter_map(|site| {
            let import = site.import as usize;
            let export = site.names(&self.source).0;
            let is_namespace = *named(import)? == ImportName::Namespace;
            (!is_namespace || export.is_some()).then(|| MemberRead {
                import,
                export: export.map(ToOwned::to_owned),
            })
        });
        reads.collect()
    }

    fn live_read(&self, import: usize, out: &mut String) {
        let Some(import) = self.imports.get(import) else {
            return;
        };
        let _ = write!(out, "{}.i[{}]", self.names.environment, import.request);
        if let Some(name) = import.imported.exported() {
            if is_identifier(name) {
                let _ = write!(out, ".{name}");
            } else {
                let _ = write!(out, "[{}]", quote(name));
            }
        }
    }

    /// Makes constants of the exports of other modules' exports. Right for builtins alone: their
    /// imports are complete before they run, and nothing links them.
    pub(crate) fn own_indirect_exports(&mut self) {
        for export in std::mem::take(&mut self.indirect_exports) {
            let mut local = format!("{}.i[{}]", self.names.environment, export.request);
            if let Some(name) = export.imported.exported() {
                let _ = write!(local, "[{}]", quote(name));
            }
            self.local_exports.push(LocalExport {
                exported: export.exported,
                local,
                mutable: false,
                hoisted_function: false,
                offset: export.offset,
                constants: Vec::new(),
            });
        }
    }

    fn module_prefix(&self, plan: &EmitPlan) -> String {
        let environment = &self.names.environment;
        let asynchronous = self.has_top_level_await;
        let mut out = match (plan.shape, asynchronous) {
            (Shape::Block, _) => format!("\"use strict\";{{const {environment}=this;"),
            (Shape::Fast, false) => format!("(function({environment}){{\"use strict\";"),
            (Shape::Cyclic, false) => format!("(function*({environment}){{\"use strict\";"),
            (_, true) => format!("(async function({environment}){{\"use strict\";"),
        };
        if let Some((open, _)) = &self.enclosure {
            out.push_str(open);
        }
        if self.unnamed_default_function {
            let name = self.names.default_export();
            let _ = write!(
                out,
                "({{}}).constructor.defineProperty({name},\"name\",{{value:\"default\",configurable:true}});"
            );
        }
        if plan.shape == Shape::Cyclic {
            let _ = write!(out, "{environment}.init({{");
            self.getters(&mut out, |_| true);
            out.push_str("});");
            let step = if asynchronous {
                format!("await {environment}.start;")
            } else {
                "yield;".to_owned()
            };
            out.push_str(&step);
        }
        self.free_names(&mut out);
        self.copies(plan, &mut out);
        out.push_str(&self.prelude);
        out
    }

    /// Constants for the names that CommonJS has and the file uses.
    fn free_names(&self, out: &mut String) {
        let uses = &self.uses;
        let names = [
            (uses.require, "require", "require"),
            (uses.filename, "__filename", "filename"),
            (uses.dirname, "__dirname", "dirname"),
        ];
        for (_, name, property) in names.iter().filter(|(used, ..)| *used) {
            let _ = write!(out, "const {name}={}.{property};", self.names.environment);
        }
    }

    /// `const a=$crust.i[0].a,c=$crust.i[0].b,ns=$crust.i[1];`. No patterns: the engine's parser
    /// copies every name in scope for each pattern, which is quadratic in the imports.
    fn copies(&self, plan: &EmitPlan, out: &mut String) {
        let mut first = true;
        for index in (0..self.imports.len()).filter(|index| !plan.is_live(*index)) {
            let Some(import) = self.imports.get(index) else {
                continue;
            };
            out.push_str(if std::mem::take(&mut first) {
                "const "
            } else {
                ","
            });
            let _ = write!(out, "{}=", import.local);
            self.live_read(index, out);
        }
        if !first {
            out.push(';');
        }
    }

    /// The first object becomes the namespace as it is, so its keys stand in the order of one.
    fn module_suffix(&self, shape: Shape) -> String {
        let mut out = format!("\n{}.done({{__proto__:null", self.names.environment);
        let mut constants: Vec<&LocalExport> = self
            .local_exports
            .iter()
            .filter(|export| !export.mutable)
            .collect();
        constants.sort_by(|a, b| a.exported.encode_utf16().cmp(b.exported.encode_utf16()));
        for export in constants {
            let _ = write!(out, ",{}:{}", literal_key(&export.exported), export.local);
        }
        out.push('}');
        if self.local_exports.iter().any(|export| export.mutable) {
            out.push_str(",{");
            self.getters(&mut out, |export| export.mutable);
            out.push('}');
        }
        out.push(')');
        if let Some((_, close)) = &self.enclosure {
            out.push(';');
            out.push_str(close);
        }
        out.push_str(if shape == Shape::Block { "}" } else { "})" });
        out
    }

    fn getters(&self, out: &mut String, which: impl Fn(&LocalExport) -> bool) {
        let mut first = true;
        for export in self.local_exports.iter().filter(|export| which(export)) {
            if !std::mem::take(&mut first) {
                out.push(',');
            }
            let _ = write!(
                out,
                "{}:()=>{}",
                literal_key(&export.exported),
                export.local
            );
        }
    }

    fn common_js_prefix(&self) -> String {
        let uses = &self.uses;
        let environment = &self.names.environment;
        let parameters = COMMON_JS_NAMES.map(|name| {
            if self.declared.contains(&name) {
                self.names.derived(name)
            } else {
                name.to_owned()
            }
        });
        let mut out = format!("(function({}", parameters.join(","));
        if uses.need_environment() {
            let _ = write!(out, ",{environment}");
        }
        out.push_str("){");
        // Statements before the body would end its directives.
        if self.strict && !self.prelude.is_empty() {
            out.push_str("\"use strict\";");
        }
        out.push_str(&self.prelude);
        out
    }
}

/// A key of an object literal: `__proto__:` would set the prototype.
fn literal_key(name: &str) -> String {
    if name == "__proto__" {
        "[\"__proto__\"]".to_owned()
    } else {
        property_key(name)
    }
}

fn property_key(name: &str) -> String {
    if is_identifier(name) {
        name.to_owned()
    } else {
        quote(name)
    }
}

fn is_identifier(name: &str) -> bool {
    oxc_syntax::identifier::is_identifier_name(name)
}

/// A string literal.
pub(crate) fn quote(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => {
                out.push('\\');
                out.push(character);
            }
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\u{2028}' | '\u{2029}' | '\0'..='\x1F' => {
                let _ = write!(out, "\\u{:04x}", u32::from(character));
            }
            _ => out.push(character),
        }
    }
    out.push('"');
    out
}
