// Turns results of Web Platform Tests into the ledger `conformance/wpt.md`. It never runs anything.

export interface Subtest {
  name: string;
  status: string;
  message: string | null;
}

export interface FileResult {
  file: string;
  variant: string;
  /** Why the file was not run. */
  skipped: string | null;
  subtests: Subtest[];
  /** A time-out, a crash or an error outside of the subtests. */
  problem: string | null;
}

/** Patterns of a file and of a subtest's name or message, and the class of reason they stand for. */
export type Reason = [file: string, subtest: string, reason: string];

const WPTSERVE = "needs wptserve: the runner's own fetch reads files only";

function reasonOf(file: string, text: string, reasons: Reason[]): string {
  const known = reasons.find(([path, subtest]) => new RegExp(path).test(file) && new RegExp(subtest).test(text));
  if (known !== undefined) {
    return known[2];
  }
  return text.includes("needs wptserve") ? WPTSERVE : "open";
}

interface Counts {
  files: number;
  skipped: number;
  pass: number;
  fail: number;
  problems: number;
}

function folderOf(file: string): string {
  const parts = file.split("/");
  return parts.length > 2 ? `${parts[0]}/${parts[1]}` : (parts[0] as string);
}

/** The ledger, and its table of counts alone. */
export function renderLedger(results: FileResult[], reasons: Reason[]): { text: string; summary: string } {
  const folders = new Map<string, Counts>();
  const classes = new Map<string, number>();
  const details: string[] = [];
  for (const result of results) {
    const counts = entry(folders, folderOf(result.file));
    counts.files += 1;
    counts.skipped += result.skipped === null ? 0 : 1;
    counts.pass += result.subtests.filter((subtest) => subtest.status === "PASS").length;
    const failing = failingByReason(result, reasons);
    for (const [reason, names] of failing) {
      classes.set(reason, (classes.get(reason) ?? 0) + names.length);
    }
    counts.fail += result.subtests.filter((subtest) => subtest.status !== "PASS").length;
    counts.problems += result.problem === null ? 0 : 1;
    details.push(...describe(result, failing));
  }
  const summary = renderSummary(folders, classes);
  return { text: `${HEADER}\n${summary}\n## Failing subtests by file and reason\n${details.join("\n")}\n`, summary };
}

function entry(folders: Map<string, Counts>, name: string): Counts {
  let counts = folders.get(name);
  if (counts === undefined) {
    counts = { files: 0, skipped: 0, pass: 0, fail: 0, problems: 0 };
    folders.set(name, counts);
  }
  return counts;
}

function failingByReason(result: FileResult, reasons: Reason[]): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  const add = (name: string, text: string) => {
    const reason = reasonOf(result.file, text, reasons);
    groups.set(reason, [...(groups.get(reason) ?? []), name]);
  };
  for (const subtest of result.subtests) {
    if (subtest.status !== "PASS") {
      add(subtest.name, `${subtest.name}\n${subtest.message ?? ""}`);
    }
  }
  if (result.problem !== null) {
    add(`(${result.problem.split("\n")[0]?.slice(0, 80)})`, result.problem);
  }
  return groups;
}

// Names are shown where they are few; a file that fails as a whole is one line.
const NAMES_SHOWN = 3;

function describe(result: FileResult, failing: Map<string, string[]>): string[] {
  const lines: string[] = [];
  for (const [reason, names] of failing) {
    const shown = names.slice(0, NAMES_SHOWN).map((name) => `\`${name.replace(/[`\p{Cc}\p{Cs}]/gu, " ").slice(0, 90)}\``);
    const rest = names.length > NAMES_SHOWN ? `, and ${names.length - NAMES_SHOWN} more` : "";
    lines.push(`- ${result.file}${result.variant} **${reason}** ×${names.length}: ${shown.join(", ")}${rest}`);
  }
  return lines;
}

function renderSummary(folders: Map<string, Counts>, classes: Map<string, number>): string {
  const lines = ["| folder | files | not run | subtests passed | failed | time-outs and errors |", "|---|---|---|---|---|---|"];
  const total: Counts = { files: 0, skipped: 0, pass: 0, fail: 0, problems: 0 };
  for (const [folder, counts] of folders) {
    lines.push(`| ${folder} | ${counts.files} | ${counts.skipped} | ${counts.pass} | ${counts.fail} | ${counts.problems} |`);
    for (const key of Object.keys(total) as (keyof Counts)[]) {
      total[key] += counts[key];
    }
  }
  lines.push(`| **all** | ${total.files} | ${total.skipped} | ${total.pass} | ${total.fail} | ${total.problems} |`, "");
  lines.push("| reason class | subtests |", "|---|---|");
  for (const [reason, count] of [...classes].sort((a, b) => b[1] - a[1])) {
    lines.push(`| ${reason} | ${count} |`);
  }
  return `${lines.join("\n")}\n`;
}

const HEADER = `# Web Platform Tests

Written by \`crust conformance/wpt/run.ts CHECKOUT --ledger conformance/wpt.md FOLDER…\` for the folders in the table; reason classes come from
\`conformance/wpt/reasons.json\`, and "open" is a failure that nobody has explained yet. "Not run" are tests that need a
document, a frame, another kind of global or the suite's own servers.
`;
