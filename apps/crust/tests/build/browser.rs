//! Applications as a browser shows them: built, served on the loopback, and loaded in a headless Chromium where one is
//! installed.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::project::{Project, all};

/// The browser, where there is one.
fn chromium() -> Option<PathBuf> {
    let path = std::env::var("PATH").unwrap_or_default();
    let mut folders = std::env::split_paths(&path);
    folders.find_map(|folder| Some(folder.join("chromium")).filter(|file| file.is_file()))
}

/// The DOM of the page in a folder of the project when these parts have come; `None` without a browser.
#[track_caller]
fn dom(project: &Project, folder: &str, parts: &[&str]) -> Option<String> {
    let chromium = chromium()?;
    project.write("serve.mjs", include_str!("serve.js"));
    let output = Command::new(env!("CARGO_BIN_EXE_crust"))
        .arg(project.0.join("serve.mjs"))
        .arg(chromium)
        .arg(project.0.join(folder))
        .arg(project.0.join("profile"))
        .arg(serde_json::Value::from(parts).to_string())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", all(&output));
    Some(String::from_utf8(output.stdout).unwrap())
}

/// A runtime for JSX, as small as one that can be.
const RUNTIME: &str = "type Child = Node | string | number | Child[];
const add = (to: Node, child: Child): void => { if (Array.isArray(child)) child.forEach((one) => add(to, one)); else to.appendChild(child instanceof Node ? child : document.createTextNode(String(child))); };
export function jsx(kind: string | ((props: object) => Node), { children, ...props }: { children?: Child }): Node {
  if (typeof kind === 'function') return kind({ children, ...props });
  const node = Object.assign(document.createElement(kind), props);
  if (children !== undefined) add(node, children);
  return node;
}
export const jsxs = jsx, jsxDEV = jsx;
export const Fragment = ({ children }: { children: Child }) => { const all = document.createDocumentFragment(); add(all, children); return all; };
";

const APP: &[(&str, &str)] = &[
    ("index.html", "<!doctype html><html><head><title>t</title><link rel=stylesheet href=./page.css></head><body><main></main><img id=in-page src=./logo.svg><script type=module src=./main.tsx></script></body></html>"),
    ("page.css", "@import './theme.css'; body { background: url(./logo.svg) }"),
    ("theme.css", ":root { --ink: rgb(1, 2, 3) } main { & b { color: var(--ink) } }"),
    ("logo.svg", "<svg xmlns='http://www.w3.org/2000/svg' width='7' height='5'/>"),
    ("card.module.css", ".card { padding: 11px }"),
    ("tsconfig.json", "{\"compilerOptions\":{\"jsx\":\"react-jsx\",\"jsxImportSource\":\"mini\"}}"),
    ("node_modules/mini/package.json", "{\"name\":\"mini\",\"exports\":{\"./*\":\"./runtime.ts\"}}"),
    ("node_modules/mini/runtime.ts", RUNTIME),
    ("late.ts", "import { shared } from './shared'; export const late = () => 'late ' + shared.push('late');"),
    ("shared.ts", "export const shared: string[] = [];"),
    ("main.tsx", "import card from './card.module.css'; import logo from './logo.svg'; import { shared } from './shared';
shared.push('main');
const Card = ({ children }: { children?: unknown }) => <div className={card.card}><b>{children}</b></div>;
const main = document.querySelector('main')!;
main.append(<><Card>hello</Card><img src={logo}/></>);
const { late } = await import('./late');
main.append(<i>{late()}</i>);
await Promise.all([...document.images].map((image) => image.decode()));
const style = (name: string) => getComputedStyle(document.querySelector(name)!);
main.append(<pre>{[style('main b').color, style('main div').padding, ...[...document.images].map((image) => image.naturalWidth), style('body').backgroundImage.startsWith('url('), shared.length, process.env.NODE_ENV].join()}</pre>);
"),
];

#[track_caller]
fn shows(project: &Project, options: &[&str], expect: &[&str]) {
    let _ = std::fs::remove_dir_all(project.0.join("dist"));
    project.build(&[&["index.html", "--outdir", "dist"], options].concat());
    let Some(dom) = dom(project, "dist", expect) else {
        // Without a browser, the page names files that are there.
        let page = project.read("dist/index.html");
        let script = page
            .split("src=\"./")
            .find_map(|part| part.split_once(".js\""));
        let (name, _) = script.unwrap();
        assert!(project.exists(&format!("dist/{name}.js")), "{page}");
        return;
    };
    for expect in expect {
        assert!(dom.contains(expect), "{expect} of {options:?} in {dom}");
    }
}

#[test]
fn an_application_runs_in_a_browser() {
    let project = Project::new(APP);
    let told = |mode: &str| format!("<pre>rgb(1, 2, 3),11px,7,7,true,2,{mode}</pre>");
    let (development, production) = (told("development"), told("production"));
    let parts = ["<b>hello</b>", "<i>late 2</i>"];
    let with = |told| [&parts[..], &[told]].concat();
    shows(&project, &["--splitting"], &with(development.as_str()));
    let options = ["--splitting", "--production", "--sourcemap"];
    shows(&project, &options, &with(production.as_str()));
    shows(
        &project,
        &["--minify", "--public-path", "/"],
        &with(development.as_str()),
    );
}

#[test]
fn workers_run_in_a_browser() {
    let project = Project::new(&[
        ("index.html", "<!doctype html><body><script type=module src=./main.ts></script></body>"),
        ("main.ts", "const ask = (worker: Worker) => new Promise((done) => { worker.onmessage = ({ data }) => done(data); worker.postMessage(1); });
const classic = new Worker(new URL('./w.ts', import.meta.url)), modern = new Worker(new URL('./m.ts', import.meta.url), { type: 'module' });
document.body.append('told: ' + await ask(classic) + ' ' + await ask(modern));"),
        ("w.ts", "import { add } from './add'; self.onmessage = ({ data }: MessageEvent) => postMessage(add(data, 1));"),
        ("m.ts", "import { add } from './add'; const two = await Promise.resolve(2); self.onmessage = ({ data }: MessageEvent) => postMessage(add(data, two));"),
        ("add.ts", "export const add = (a: number, b: number): number => a + b;"),
    ]);
    shows(&project, &["--splitting"], &["told: 2 3"]);
    shows(&project, &["--production"], &["told: 2 3"]);
}

#[test]
fn what_is_in_a_bundle_is_shown_in_a_browser() {
    let project = Project::new(APP);
    project.write(
        "node_modules/heavy/index.js",
        &format!(
            "export const heavy = '{}'; /* </script> */",
            "x".repeat(9000)
        ),
    );
    project.write(
        "shared.ts",
        "export { heavy } from 'heavy'; export const shared: string[] = [];",
    );
    project.write("late.ts", "import { heavy, shared } from './shared'; export const late = () => heavy + shared.push('late');");
    let options = [
        "--outdir",
        "dist",
        "--splitting",
        "--analyze=report/index.html",
        "--metafile-md",
    ];
    project.build(&[&["index.html"], &options[..]].concat());
    assert!(project.read("meta.md").contains("| `heavy` | 8.8 KB |"));
    // In the map, in the table, and why it is there.
    let expect = [
        "heavy/index.js 8.8 KB</button>",
        "<td>node_modules/heavy/index.js</td>",
        "all files: ",
    ];
    if let Some(dom) = dom(&project, "report", &expect) {
        for expect in expect {
            assert!(dom.contains(expect), "{expect} in {dom}");
        }
    }
}

#[test]
fn a_page_that_holds_everything_runs_in_a_browser() {
    let project = Project::new(APP);
    let told = "<pre>rgb(1, 2, 3),11px,7,7,true,2,development</pre>";
    shows(&project, &["--compile", "--target=browser"], &[told]);
    assert_eq!(project.list("dist"), ["index.html"]);
}

#[test]
fn an_application_of_react_runs_in_a_browser() {
    let packages = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.peers/packages/node_modules");
    if !packages.join("react-dom").is_dir() {
        // The packages are not part of the repository; the application above needs none.
        return;
    }
    let project = Project::new(&[
        ("index.html", "<!doctype html><body><div id=root></div><script type=module src=./main.jsx></script></body>"),
        ("page.css", ".on { color: rgb(4, 5, 6) }"),
        ("late.jsx", "export default function Late({ n }) { return <p>late {n}</p>; }"),
        ("main.jsx", "import './page.css'; import { StrictMode, Suspense, lazy, useEffect, useState } from 'react'; import { createRoot } from 'react-dom/client';
const Late = lazy(() => import('./late'));
function App() {
  const [n, setN] = useState(0);
  useEffect(() => { if (n < 3) setN(n + 1); }, [n]);
  return <><b className=\"on\">{n}</b><Suspense fallback=\"wait\"><Late n={n}/></Suspense></>;
}
createRoot(document.querySelector('#root')).render(<StrictMode><App/></StrictMode>);
const look = () => { const b = document.querySelector('b'); const p = document.querySelector('p'); if (b?.textContent !== '3' || !p) return setTimeout(look, 10); document.body.dataset.color = getComputedStyle(b).color; };
look();
"),
    ]);
    std::os::unix::fs::symlink(packages, project.0.join("node_modules")).unwrap();
    let expect = [
        "data-color=\"rgb(4, 5, 6)\"",
        "<b class=\"on\">3</b><p>late 3</p>",
    ];
    shows(&project, &["--splitting"], &expect);
    shows(&project, &["--production"], &expect);
}
