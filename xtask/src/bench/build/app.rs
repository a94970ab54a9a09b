//! An application of React and MUI: components in TypeScript with JSX, each with some of the library's, in a page that
//! shows them all.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::Result;

use super::super::case::{Case, Lab, Metric, Program, Target};
use super::{TARGETS, programs};

const COMPONENTS: usize = 120;
pub(super) const ENTRY: &str = "main.tsx";

/// Bundled as it is.
pub(in crate::bench) const PLAIN: Case = Case {
    name: "build-app",
    title: "`build`, an application of React and MUI",
    metric: Metric::Wall,
    targets: TARGETS,
    rounds: 10,
    prepare: plain,
};

/// Bundled and minified.
pub(in crate::bench) const MINIFIED: Case = Case {
    name: "build-app-minify",
    title: "`build --minify`, an application of React and MUI",
    metric: Metric::Wall,
    targets: TARGETS,
    rounds: 10,
    prepare: minified,
};

/// How large it is then.
pub(in crate::bench) const SIZE: Case = Case {
    name: "build-app-size",
    title: "Size of the minified application of React and MUI",
    metric: Metric::OutputSize,
    targets: &[Target::AtMostBest(1.02)],
    rounds: 2,
    prepare: minified,
};

fn plain(lab: &Lab, folder: &Path) -> Result<Vec<Program>> {
    write_sources(lab, folder)?;
    Ok(for_production(lab, false))
}

fn minified(lab: &Lab, folder: &Path) -> Result<Vec<Program>> {
    write_sources(lab, folder)?;
    Ok(for_production(lab, true))
}

/// React's own files for development are larger than the application.
fn for_production(lab: &Lab, minify: bool) -> Vec<Program> {
    const MODE: &str = "process.env.NODE_ENV";
    let mut programs = programs(lab, ENTRY, minify);
    for program in &mut programs {
        let options: &[&str] = match program.name {
            "esbuild" => &[
                "--jsx=automatic",
                "--define:process.env.NODE_ENV=\"production\"",
            ],
            "rolldown" => &["--transform.define", "process.env.NODE_ENV:\"production\""],
            _ => &["--define", "process.env.NODE_ENV=\"production\""],
        };
        debug_assert!(options.iter().any(|option| option.contains(MODE)));
        program
            .args
            .extend(options.iter().map(|&option| option.to_owned()));
    }
    programs
}

/// Writes the application; its packages are those of the peers.
pub(super) fn write_sources(lab: &Lab, folder: &Path) -> Result<()> {
    let packages = folder.join("node_modules");
    if !packages.exists() {
        std::os::unix::fs::symlink(&lab.peers.packages, &packages)?;
    }
    std::fs::write(
        folder.join("tsconfig.json"),
        r#"{ "compilerOptions": { "jsx": "react-jsx", "moduleResolution": "bundler" } }"#,
    )?;
    let mut main = String::from(
        "import { createRoot } from 'react-dom/client';\nimport { ThemeProvider, createTheme, CssBaseline, Container } from '@mui/material';\n",
    );
    let mut shown = String::new();
    for number in 0..COMPONENTS {
        std::fs::write(
            folder.join(format!("Part{number}.tsx")),
            part(number, "part"),
        )?;
        // Writing to a string does not fail.
        let _ = writeln!(main, "import {{ Part{number} }} from './Part{number}';");
        let _ = write!(shown, "<Part{number} title=\"{number}\" />");
    }
    let _ = write!(
        main,
        "const theme = createTheme({{ palette: {{ mode: 'dark' }} }});\n\
         createRoot(document.getElementById('root')!).render(<ThemeProvider theme={{theme}}><CssBaseline /><Container>{shown}</Container></ThemeProvider>);\n"
    );
    std::fs::write(folder.join(ENTRY), main)?;
    Ok(())
}

/// One component, with a text of its own.
pub(super) fn part(number: usize, text: &str) -> String {
    format!(
        "import {{ useMemo, useState, type ReactNode }} from 'react';\n\
         import {{ Accordion, AccordionSummary, Autocomplete, Avatar, Badge, Button, Card, CardContent, Checkbox, Chip, Dialog, Grid, LinearProgress, List, ListItem, Menu, MenuItem, Pagination, Rating, Slider, Snackbar, Stack, Switch, Table, TableBody, TableCell, TableRow, Tabs, Tab, TextField, Tooltip, Typography }} from '@mui/material';\n\
         interface Props {{ title: string; children?: ReactNode }}\n\
         enum State {{ Open, Closed }}\n\
         export function Part{number}({{ title, children }}: Props) {{\n\
         \x20 const [state, setState] = useState<State>(State.Closed);\n\
         \x20 const [value, setValue] = useState({number});\n\
         \x20 const rows = useMemo(() => Array.from({{ length: value % 7 }}, (_, row) => ({{ row, label: `${{title}} ${{row}} {text}` }})), [value, title]);\n\
         \x20 return (\n\
         \x20   <Card variant=\"outlined\"><CardContent>\n\
         \x20     <Typography variant=\"h5\">{{title}}</Typography>\n\
         \x20     <Stack direction=\"row\" spacing={{1}}><Avatar>{number}</Avatar><Badge badgeContent={{value}}><Chip label=\"{text}\" /></Badge><Rating value={{value % 5}} /></Stack>\n\
         \x20     <Tabs value={{value % 2}}><Tab label=\"a\" /><Tab label=\"b\" /></Tabs>\n\
         \x20     <Table><TableBody>{{rows.map((row) => <TableRow key={{row.row}}><TableCell>{{row.label}}</TableCell></TableRow>)}}</TableBody></Table>\n\
         \x20     <Grid container><TextField label=\"{text} {number}\" /><Slider value={{value}} onChange={{(_, next) => setValue(next as number)}} /><Switch /><Checkbox /></Grid>\n\
         \x20     <Accordion><AccordionSummary>{{children}}</AccordionSummary><List><ListItem>{{value}}</ListItem></List></Accordion>\n\
         \x20     <Autocomplete options={{rows}} renderInput={{(params) => <TextField {{...params}} />}} />\n\
         \x20     <Tooltip title=\"{text}\"><Button onClick={{() => setState(state === State.Open ? State.Closed : State.Open)}}>{{State[state]}}</Button></Tooltip>\n\
         \x20     <Dialog open={{state === State.Open}}><Menu open={{false}}><MenuItem>{text}</MenuItem></Menu></Dialog>\n\
         \x20     <LinearProgress /><Pagination count={{value}} /><Snackbar open={{false}} />\n\
         \x20   </CardContent></Card>\n\
         \x20 );\n\
         }}\n"
    )
}
