//! The text of a bundle of declarations.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use crust_diag::Diagnostic;
use crust_transpile::{Declarations, ImportedWhat, Item, Meaning, UseTarget};

use super::data::{is_name, quoted};
use super::graph::Module;
use super::link::{External, Found, Linker, Symbol};
use super::names::{Names, free_name, is_reserved, names};
use super::reach::{Exported, Part, Place, Reached, item_at, reach};

/// The declarations of an entry point with all that they need.
pub(super) fn bundle(
    modules: &[Module],
    entry: usize,
    source: &dyn Fn(&str) -> Option<String>,
) -> Result<String, Vec<Diagnostic>> {
    let linker = Linker::new(modules, source);
    let reached = reach(&linker, entry);
    let printer = Printer {
        names: names(&linker, &reached, entry),
        linker: &linker,
        reached: &reached,
    };
    let text = printer.whole(entry);
    let problems = linker.problems.take();
    if problems.is_empty() {
        Ok(text)
    } else {
        Err(problems)
    }
}

struct Printer<'p, 'm> {
    linker: &'p Linker<'m>,
    reached: &'p Reached,
    names: Names,
}

// Writing to a string does not fail, so the answers of `write!` are not looked at.
impl Printer<'_, '_> {
    fn whole(&self, entry: usize) -> String {
        let mut out = String::new();
        self.directives(&mut out);
        self.imports(&mut out);
        for module in &self.reached.order {
            self.module(*module, &mut out);
        }
        let aliases = self.aliases(&mut out);
        for module in self.reached.namespaces.keys() {
            self.namespace(*module, &aliases, &mut out);
        }
        self.exports(entry, &aliases, &mut out);
        out
    }

    fn directives(&self, out: &mut String) {
        let mut seen = BTreeSet::new();
        for module in &self.reached.order {
            let declarations = self.linker.declarations(*module);
            for directive in declarations.iter().flat_map(|found| &found.directives) {
                let key = (directive.kind.as_str(), directive.value.as_str());
                if directive.kind != "path" && seen.insert(key) {
                    let _ = writeln!(out, "{}", directive.line);
                }
            }
        }
    }

    /// Imports of modules outside: for their effect, then names, all of a module together.
    fn imports(&self, out: &mut String) {
        let mut groups: BTreeMap<&External, Vec<(&ImportedWhat, &str, bool)>> = BTreeMap::new();
        for (symbol, type_only) in &self.reached.symbols {
            if let (Symbol::External { module, what }, Some(name)) =
                (symbol, self.names.get(symbol))
            {
                let group = groups.entry(module).or_default();
                group.push((what, name, *type_only));
            }
        }
        for module in &self.reached.effects {
            let _ = writeln!(out, "import {};", from(module));
        }
        for (module, symbols) in groups {
            import(module, &symbols, out);
        }
    }

    fn module(&self, module: usize, out: &mut String) {
        let Some(declarations) = self.linker.declarations(module) else {
            return;
        };
        let is_global = self
            .linker
            .modules
            .get(module)
            .is_some_and(|module| module.is_global);
        let (mut own, mut global) = (String::new(), String::new());
        let first = Place {
            module,
            part: Part::Item(0),
        };
        let next = Place {
            module: module + 1,
            part: Part::Item(0),
        };
        for place in self.reached.items.range(first..next) {
            if let Some(item) = item_at(declarations, place.part) {
                let is_global = is_global && matches!(place.part, Part::Item(_));
                let out = if is_global { &mut global } else { &mut own };
                self.item(*place, declarations, item, is_global, out);
            }
        }
        if !global.is_empty() {
            let _ = writeln!(out, "declare global {{\n{global}}}");
        }
        out.push_str(&own);
    }

    fn item(
        &self,
        place: Place,
        declarations: &Declarations,
        item: &Item,
        is_global: bool,
        out: &mut String,
    ) {
        for comment in &item.comments {
            let _ = writeln!(out, "{comment}");
        }
        let head = item.head.as_str();
        let is_block = item.names.is_empty();
        out.push_str(if is_global && !is_block {
            head.strip_prefix("declare ").unwrap_or(head)
        } else {
            head
        });
        let text = |from: u32, to: u32| {
            let text = declarations.text.get(from as usize..to as usize);
            text.unwrap_or_default()
        };
        let mut at = item.start;
        let mut body = String::new();
        for (index, found) in item.uses.iter().enumerate() {
            let Some(replaced) = self.reached.replaced.get(&(place, index)) else {
                continue;
            };
            body.push_str(text(at, found.start));
            self.replacement(&found.target, &replaced.symbol, &mut body);
            at = replaced.end;
        }
        body.push_str(text(at, item.end));
        if matches!(place.part, Part::Added(..)) {
            body = outdented(body, text(0, item.start));
        }
        let _ = writeln!(out, "{body}{}", item.tail);
    }

    fn replacement(&self, target: &UseTarget, symbol: &Symbol, out: &mut String) {
        let name = self.name(symbol);
        let _ = match target {
            UseTarget::Declares { before, after, .. } => write!(out, "{before}{name}{after}"),
            UseTarget::Name {
                exported: Some(exported),
                ..
            } if *exported != name => write!(out, "{name} as {exported}"),
            _ => write!(out, "{name}"),
        };
    }

    fn name(&self, symbol: &Symbol) -> String {
        match symbol {
            Symbol::Member { of, name } => format!("{}.{name}", self.name(of)),
            other => self.names.get(other).cloned().unwrap_or_default(),
        }
    }

    /// Names for what is exported and is inside of something else.
    fn aliases(&self, out: &mut String) -> Names {
        let mut taken: BTreeSet<String> = self.names.values().cloned().collect();
        taken.extend(self.reached.free.iter().cloned());
        let held = self.reached.namespaces.values().flatten();
        let mut aliases = Names::new();
        for exported in held.chain(&self.reached.exports) {
            let symbol = &exported.found.symbol;
            let Symbol::Member { name, .. } = symbol else {
                continue;
            };
            if aliases.contains_key(symbol) {
                continue;
            }
            let alias = free_name(name, &mut 1, &taken, None);
            let _ = writeln!(out, "import {alias} = {};", self.name(symbol));
            taken.insert(alias.clone());
            aliases.insert(symbol.clone(), alias);
        }
        aliases
    }

    fn namespace(&self, module: usize, aliases: &Names, out: &mut String) {
        let Some(name) = self.names.get(&Symbol::Namespace { module }) else {
            return;
        };
        let held = self.reached.namespaces.get(&module).map(Vec::as_slice);
        let held = held.unwrap_or_default();
        let is_type = |exported: &Exported| {
            let symbol = &exported.found.symbol;
            matches!(symbol, Symbol::Local { .. }) && !self.linker.may_mean(symbol, Meaning::Value)
        };
        if held.iter().all(is_type) {
            // A module is a value, even if there is nothing in it; a namespace of types is none.
            let _ = writeln!(out, "declare const {name}: {{}};");
        }
        let list = self.list(held, aliases);
        let _ = writeln!(
            out,
            "declare namespace {name} {{\n    export {{ {list} }};\n}}"
        );
        if let Some((star, _)) = self.linker.exports(module).stars.first() {
            let path = self
                .linker
                .modules
                .get(module)
                .map(|module| module.path.clone());
            let message = format!(
                "A namespace cannot have everything of \"{}\", which is not in the bundle",
                star.specifier
            );
            let problem = Diagnostic::error(message).file(path.unwrap_or_default());
            self.linker
                .problems
                .borrow_mut()
                .push(problem.code("EXTERNAL_STAR"));
        }
    }

    /// `a, type B, c as default`.
    fn list(&self, exports: &[Exported], aliases: &Names) -> String {
        let one = |exported: &Exported| {
            let Found { symbol, type_only } = &exported.found;
            let local = aliases
                .get(symbol)
                .cloned()
                .unwrap_or_else(|| self.name(symbol));
            let word = if *type_only { "type " } else { "" };
            if local == exported.name {
                format!("{word}{local}")
            } else {
                format!("{word}{local} as {}", exported_name(&exported.name))
            }
        };
        exports.iter().map(one).collect::<Vec<_>>().join(", ")
    }

    fn exports(&self, entry: usize, aliases: &Names, out: &mut String) {
        for (module, type_only) in &self.reached.stars {
            let word = if *type_only { "type " } else { "" };
            let _ = writeln!(out, "export {word}* from {};", from(module));
        }
        let declarations = self.linker.declarations(entry);
        if let Some(symbol) = &self.reached.export_equals {
            let _ = writeln!(out, "export = {};", self.name(symbol));
        } else {
            let list = self.list(&self.reached.exports, aliases);
            let gap = if list.is_empty() { "" } else { " " };
            let _ = writeln!(out, "export {{{gap}{list}{gap}}};");
        }
        if let Some(name) = declarations.and_then(|found| found.global_name.as_ref()) {
            let _ = writeln!(out, "export as namespace {name};");
        }
    }
}

/// Takes the indentation of a text away that stood in a block, unless a string of several lines may be in it.
fn outdented(body: String, before: &str) -> String {
    let line = before.rsplit('\n').next().unwrap_or_default();
    if body.contains('`') || line.is_empty() || !line.chars().all(|letter| letter == ' ') {
        return body;
    }
    body.replace(&format!("\n{line}"), "\n")
}

/// `"pkg" with { key: "value" }`.
fn from(module: &External) -> String {
    let mut out = quoted(&module.specifier);
    let pairs: Vec<String> = module
        .attributes
        .iter()
        .map(|(key, value)| format!("{}: {}", quoted(key), quoted(value)))
        .collect();
    if !pairs.is_empty() {
        let _ = write!(out, " with {{ {} }}", pairs.join(", "));
    }
    out
}

/// A name for others, which may be any text.
fn exported_name(name: &str) -> String {
    let is_plain = is_name(name) || name.chars().all(char::is_alphanumeric);
    if is_plain || is_reserved(name) {
        name.to_owned()
    } else {
        quoted(name)
    }
}

fn import(module: &External, symbols: &[(&ImportedWhat, &str, bool)], out: &mut String) {
    let source = from(module);
    let mut list = Vec::new();
    let all_types = symbols
        .iter()
        .filter(|(what, ..)| matches!(what, ImportedWhat::Name(_)))
        .all(|(.., type_only)| *type_only);
    for (what, local, type_only) in symbols {
        let word = if *type_only { "type " } else { "" };
        match what {
            ImportedWhat::Namespace => {
                let _ = writeln!(out, "import {word}* as {local} from {source};");
            }
            ImportedWhat::Require => {
                let specifier = quoted(&module.specifier);
                let _ = writeln!(out, "import {word}{local} = require({specifier});");
            }
            ImportedWhat::Name(name) => {
                let word = if all_types { "" } else { word };
                list.push(if name == local {
                    format!("{word}{local}")
                } else {
                    format!("{word}{} as {local}", exported_name(name))
                });
            }
        }
    }
    if !list.is_empty() {
        let word = if all_types { "type " } else { "" };
        let _ = writeln!(out, "import {word}{{ {} }} from {source};", list.join(", "));
    }
}
