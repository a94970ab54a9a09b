// The tree of suites and tests that a file declares. Never runs one.

export type Mode = "run" | "skip" | "todo";

export interface Options {
  timeout?: number | undefined;
  retry?: number | undefined;
  repeats?: number | undefined;
}

export interface Hook {
  fn: (...args: any[]) => unknown;
  timeout: number | undefined;
  flavour: Flavour;
}

/** Whose conventions a test function follows: what it is called with, and how a hook is cleaned up. */
export type Flavour = "jest" | "vitest" | "node";

export class Suite {
  readonly kind = "suite";
  name: string;
  parent: Suite | undefined;
  mode: Mode = "run";
  only = false;
  concurrent: boolean | undefined;
  shuffle = false;
  options: Options = {};
  /** What `test.scoped` put in the place of fixtures. */
  fixtures: any;
  children: Array<Suite | Test> = [];
  beforeAll: Hook[] = [];
  afterAll: Hook[] = [];
  beforeEach: Hook[] = [];
  afterEach: Hook[] = [];
  /** Set while planning: something below is to run. */
  runs = false;

  constructor(name: string, parent: Suite | undefined) {
    this.name = name;
    this.parent = parent;
  }
}

export class Test {
  readonly kind = "test";
  name: string;
  parent: Suite;
  fn: ((...args: any[]) => unknown) | undefined;
  flavour: Flavour = "jest";
  /** Arguments before `done`: a row of `each`. */
  row: unknown[] | undefined;
  mode: Mode = "run";
  only = false;
  failing = false;
  concurrent: boolean | undefined;
  options: Options = {};
  fixtures: any;
  line = 0;
  /** Place in the plan; -1 for one that is left out. */
  id = -1;
  /** What `path` found. */
  path: string[] | undefined;

  constructor(name: string, parent: Suite) {
    this.name = name;
    this.parent = parent;
  }
}

/** Names from the outermost suite to the test; nobody changes the list. */
export function path(node: Suite | Test): string[] {
  if (node.kind === "test" && node.path !== undefined) return node.path;
  const names: string[] = [];
  for (let at: Suite | Test | undefined = node; at !== undefined && at.parent !== undefined; at = at.parent) names.push(at.name);
  names.reverse();
  if (node.kind === "test") node.path = names;
  return names;
}
