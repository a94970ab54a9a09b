//! Inspectors and heap profiles of the runtimes that have them, by their own flags. It changes arguments and nothing
//! else; what a runtime does not have is refused.

use super::{Unresolved, Written};
use crate::config::AppConfig;

/// Puts the flags before the program's own arguments.
pub(super) fn add(config: &mut AppConfig, written: &Written) -> Result<(), Unresolved> {
    let mut flags = Vec::new();
    if let Some(address) = &written.inspect {
        let runtime = runtime_of(config).map_err(|problem| ("inspect", problem))?;
        flags.push(inspect(address, config.instances, runtime)?);
    }
    if written.heap_prof {
        let runtime = runtime_of(config).map_err(|problem| ("heap_prof", problem))?;
        if runtime == "deno" {
            let problem = "deno writes no heap profiles: node and bun do".to_owned();
            return Err(("heap_prof", problem));
        }
        flags.push("--heap-prof".to_owned());
    }
    if flags.is_empty() {
        return Ok(());
    }
    // Deno's flags are those of a command.
    let command = usize::from(config.args.first().is_some_and(|word| word == "run"));
    config.args.splice(command..command, flags);
    Ok(())
}

/// The runtime that runs a program, where it is one with these flags.
fn runtime_of(config: &AppConfig) -> Result<&'static str, String> {
    if config.is_crust {
        return Err(
            "programs of crust have no inspector and no profiler in this version: --interpreter node, bun or deno has"
                .to_owned(),
        );
    }
    let program = config.program.file_name().unwrap_or_default();
    let known = ["node", "bun", "deno"];
    let found = known.into_iter().find(|name| program == *name);
    found.ok_or_else(|| {
        format!(
            "{} is not node, bun or deno: its inspector or profiler is not known here",
            config.program.display()
        )
    })
}

fn inspect(address: &str, instances: u32, runtime: &str) -> Result<String, Unresolved> {
    let refuse = |problem: String| Err(("inspect", problem));
    let port = address.rsplit(':').next().unwrap_or_default();
    let is_address = address.is_empty()
        || port.parse::<u16>().is_ok()
            && !address.starts_with(':')
            && !address.contains(char::is_whitespace);
    if !is_address {
        return refuse(format!(
            "{address:?} is no port and no address such as 127.0.0.1:9229"
        ));
    }
    if instances > 1 && !address.is_empty() && port != "0" {
        return refuse(format!(
            "{instances} processes cannot listen at one port: leave it out, or give 0"
        ));
    }
    let address = match (address, runtime) {
        // Each process finds a port of its own, and says which.
        ("", _) if instances > 1 => "127.0.0.1:0".to_owned(),
        ("", _) => return Ok("--inspect".to_owned()),
        // A number alone is no address for deno.
        (port, "deno") if !port.contains(':') => format!("127.0.0.1:{port}"),
        (address, _) => address.to_owned(),
    };
    Ok(format!("--inspect={address}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flags(
        program: &str,
        args: &[&str],
        inspect: Option<&str>,
        heap_prof: bool,
        instances: u32,
    ) -> Result<Vec<String>, String> {
        let mut config = AppConfig {
            program: program.into(),
            is_crust: program == "/bin/crust",
            args: args.iter().map(ToString::to_string).collect(),
            instances,
            ..AppConfig::default()
        };
        let written = Written {
            inspect: inspect.map(ToOwned::to_owned),
            heap_prof,
            ..Written::default()
        };
        let added = add(&mut config, &written);
        added
            .map(|()| config.args)
            .map_err(|(key, problem)| format!("{key}: {problem}"))
    }

    #[test]
    fn each_runtime_gets_its_own_flags() {
        for (program, args, inspect, heap, instances, expected) in [
            ("/bin/node", vec!["a.js"], None, false, 1, vec!["a.js"]),
            (
                "/bin/node",
                vec!["a.js"],
                Some(""),
                true,
                1,
                vec!["--inspect", "--heap-prof", "a.js"],
            ),
            (
                "/bin/node",
                vec!["a.js"],
                Some(""),
                false,
                4,
                vec!["--inspect=127.0.0.1:0", "a.js"],
            ),
            (
                "/bin/bun",
                vec!["a.js"],
                Some("9230"),
                false,
                1,
                vec!["--inspect=9230", "a.js"],
            ),
            (
                "/bin/deno",
                vec!["run", "-A", "a.ts"],
                Some("9230"),
                false,
                1,
                vec!["run", "--inspect=127.0.0.1:9230", "-A", "a.ts"],
            ),
            (
                "/bin/deno",
                vec!["a.ts"],
                Some("0.0.0.0:1"),
                false,
                1,
                vec!["--inspect=0.0.0.0:1", "a.ts"],
            ),
        ] {
            assert_eq!(
                flags(program, &args, inspect, heap, instances).unwrap(),
                expected
            );
        }
    }

    #[test]
    fn what_a_runtime_does_not_have_is_refused() {
        for (program, inspect, heap, instances, part) in [
            (
                "/bin/crust",
                Some(""),
                false,
                1,
                "inspect: programs of crust",
            ),
            ("/bin/crust", None, true, 1, "heap_prof: programs of crust"),
            ("/bin/sh", Some(""), false, 1, "/bin/sh is not node"),
            ("/bin/deno", None, true, 1, "deno writes no heap"),
            (
                "/bin/node",
                Some("9229"),
                false,
                2,
                "cannot listen at one port",
            ),
            ("/bin/node", Some("x y"), false, 1, "is no port"),
            ("/bin/node", Some(":9229"), false, 1, "is no port"),
        ] {
            let problem = flags(program, &["a"], inspect, heap, instances).unwrap_err();
            assert!(problem.contains(part), "{problem}");
        }
    }
}
