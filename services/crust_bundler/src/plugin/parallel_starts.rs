//! Modules with top-level await that import each other in a circle, in one file with what imports them late. Each is a
//! function then that starts the modules it imports. rolldown 1.2.5 has two faults there, which are mended in the text of a
//! chunk, as there is no other place to do it:
//!
//! It awaits the imports one after the other; ECMA-262 starts all of them and waits once (`InnerModuleEvaluation`). With
//! the first, the second module of a circle is started when the one that waits for it is waited for already, and nothing
//! ever goes on. So the calls at the beginning of such a function become one.
//!
//! It takes some modules of a circle for ones that need not wait, and writes an `await` into a function that is not async.

use std::collections::BTreeMap;

/// How a module's function is made.
const WRAPPER: &str = " = __esmMin((";

/// A replacement: an offset, the length of what goes, and what comes. None of them has a line's end in it.
pub(super) type Edit = (usize, usize, &'static str);

/// The function of a module.
struct Wrapper<'c> {
    name: &'c str,
    /// Where its arrow function begins.
    at: usize,
    /// Whether it waits.
    waits: bool,
    /// Whether it is written so.
    is_async: bool,
    /// The calls at its beginning.
    calls: Vec<Call<'c>>,
}

/// A line that starts another module.
struct Call<'c> {
    name: &'c str,
    start: usize,
    /// Where its `;` is.
    end: usize,
    awaits: bool,
}

/// The replacements of a chunk, in their order.
pub(super) fn edits(code: &str) -> Vec<Edit> {
    if !code.contains("__esmMin((async ") {
        return Vec::new();
    }
    let mut wrappers = wrappers(code);
    spread(&mut wrappers);
    let known: BTreeMap<&str, usize> = numbered(&wrappers);
    let waits = |name: &str| {
        let wrapper = known.get(name).and_then(|index| wrappers.get(*index));
        wrapper.is_some_and(|wrapper| wrapper.waits)
    };
    let mut edits = Vec::new();
    for wrapper in &wrappers {
        if wrapper.waits && !wrapper.is_async {
            edits.push((wrapper.at, 0, "async "));
            edits.extend(outside(code, wrapper.name));
        }
        if wrapper
            .calls
            .iter()
            .any(|call| call.awaits || waits(call.name))
        {
            edits.extend(joined(&wrapper.calls));
        }
    }
    edits.sort_unstable();
    edits
}

fn numbered<'c>(wrappers: &[Wrapper<'c>]) -> BTreeMap<&'c str, usize> {
    let wrappers = wrappers.iter().enumerate();
    wrappers.map(|(index, it)| (it.name, index)).collect()
}

/// Finds the functions and the calls at their beginnings.
fn wrappers(code: &str) -> Vec<Wrapper<'_>> {
    let found = code.match_indices(WRAPPER);
    let mut wrappers: Vec<Wrapper<'_>> = found
        .filter_map(|(start, _)| {
            let at = start + WRAPPER.len();
            let rest = code.get(at..)?;
            let is_async = rest.starts_with("async ");
            let head = if is_async {
                "async () => {\n"
            } else {
                "() => {\n"
            };
            let body = at + rest.strip_prefix(head).map(|_| head.len())?;
            Some(Wrapper {
                name: code.get(..start)?.rsplit([' ', '\t', '\n', ',']).next()?,
                at,
                waits: is_async,
                is_async,
                calls: calls(code, body),
            })
        })
        .collect();
    let known = numbered(&wrappers);
    for wrapper in &mut wrappers {
        // What follows is the module's own text, which may look alike.
        let own = wrapper
            .calls
            .iter()
            .position(|call| !known.contains_key(call.name));
        wrapper.calls.truncate(own.unwrap_or(wrapper.calls.len()));
    }
    wrappers
}

/// The lines at an offset that are nothing but a call.
fn calls(code: &str, start: usize) -> Vec<Call<'_>> {
    let mut at = start;
    let mut calls = Vec::new();
    for line in code.get(start..).unwrap_or_default().split_inclusive('\n') {
        let text = line.trim();
        let call = text.strip_prefix("await ").unwrap_or(text);
        let Some(name) = call.strip_suffix("();") else {
            break;
        };
        let start = at + (line.len() - line.trim_start().len());
        calls.push(Call {
            name,
            start,
            end: start + text.len() - 1,
            awaits: text.len() > call.len(),
        });
        at += line.len();
    }
    calls
}

/// What starts a module that waits has to wait too.
fn spread(wrappers: &mut [Wrapper<'_>]) {
    let known = numbered(wrappers);
    let mut callers: Vec<Vec<usize>> = wrappers.iter().map(|_| Vec::new()).collect();
    let mut pending = Vec::new();
    for (index, wrapper) in wrappers.iter_mut().enumerate() {
        wrapper.waits |= wrapper.calls.iter().any(|call| call.awaits);
        if wrapper.waits {
            pending.push(index);
        }
        for call in &wrapper.calls {
            let callee = known
                .get(call.name)
                .and_then(|callee| callers.get_mut(*callee));
            if let Some(callee) = callee {
                callee.push(index);
            }
        }
    }
    while let Some(index) = pending.pop() {
        for caller in callers
            .get_mut(index)
            .map(std::mem::take)
            .unwrap_or_default()
        {
            if let Some(caller_of) = wrappers.get_mut(caller).filter(|it| !it.waits) {
                caller_of.waits = true;
                pending.push(caller);
            }
        }
    }
}

/// Makes one call of several, and lets it be awaited.
fn joined(calls: &[Call<'_>]) -> Vec<Edit> {
    if let [only] = calls {
        return if only.awaits {
            Vec::new()
        } else {
            vec![(only.start, 0, "await ")]
        };
    }
    let mut edits = Vec::with_capacity(calls.len() * 2);
    for (index, call) in calls.iter().enumerate() {
        let length = if call.awaits { "await ".len() } else { 0 };
        let opens = if index == 0 {
            "await Promise.all(["
        } else {
            ""
        };
        if length > 0 || !opens.is_empty() {
            edits.push((call.start, length, opens));
        }
        let is_last = index + 1 == calls.len();
        edits.push((call.end, 1, if is_last { "]);" } else { "," }));
    }
    edits
}

/// Where a function is called that turned out to wait: between modules, and by `import()`.
fn outside(code: &str, name: &str) -> Vec<Edit> {
    let statement = format!("\n{name}();\n");
    let statements = code.match_indices(&statement);
    let statements = statements.map(|(at, _)| (at + 1, 0, "await "));
    let late = format!(".then(() => ({name}(), ");
    let late = code.match_indices(&late).flat_map(|(at, found)| {
        let call = found.len() - name.len() - "(), ".len();
        [(at + ".then(".len(), 0, "async "), (at + call, 0, "await ")]
    });
    statements.chain(late).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(code: &str, expect: &str) {
        let (mut new, mut done) = (String::new(), 0);
        for (at, length, text) in edits(code) {
            new.push_str(&code[done..at]);
            new.push_str(text);
            done = at + length;
        }
        new.push_str(&code[done..]);
        assert_eq!(new, expect);
    }

    #[test]
    fn starts_are_joined() {
        check(
            "var init_a = __esmMin((() => {\n}));\nvar init_b = __esmMin((async () => {\n\tawait init_b();\n\tinit_a();\n\tawait user();\n}));\n",
            "var init_a = __esmMin((() => {\n}));\nvar init_b = __esmMin((async () => {\n\tawait Promise.all([init_b(),\n\tinit_a()]);\n\tawait user();\n}));\n",
        );
    }

    #[test]
    fn what_awaits_is_async() {
        check(
            "var init_a = __esmMin((() => {\n\tawait init_b();\n\tx();\n}));\nvar init_b = __esmMin((async () => {\n\tinit_a();\n}));\nvar init_c = __esmMin((() => {\n\tinit_a();\n}));\ninit_c();\nPromise.resolve().then(() => (init_a(), a));\n",
            "var init_a = __esmMin((async () => {\n\tawait init_b();\n\tx();\n}));\nvar init_b = __esmMin((async () => {\n\tawait init_a();\n}));\nvar init_c = __esmMin((async () => {\n\tawait init_a();\n}));\nawait init_c();\nPromise.resolve().then(async () => (await init_a(), a));\n",
        );
    }

    #[test]
    fn everything_else_stays() {
        let check = |code: &str| check(code, code);
        check("await init_a();\nawait init_b();\n");
        check("var init_a = __esmMin((async () => {\n\tawait init_a();\n\tawait init_b();\n}));\n");
        check("var init_a = __esmMin((async () => {\n\tawait init_x();\n\tinit_a();\n}));\n");
        check("var init_a = __esmMin((async () => {\n\tawait init_x();\n\tawait init_y();\n}));\n");
        check("var init_a = __esmMin((async () => {\n");
        check("var init_a = __esmMin((() => {\n\tinit_a();\n\tinit_a();\n}));\n");
    }
}
