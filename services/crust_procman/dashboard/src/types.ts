// What the daemon sends. It never changes anything.

/** One process, as `GET /v1/processes` and the live connection have it. */
export interface Process {
  id: number;
  name: string;
  namespace: string;
  instance: number;
  pid: number;
  status: string;
  restarts: number;
  /** Milliseconds. */
  uptime: number;
  /** Bytes. */
  memory: number;
  /** Per cent of one processor. */
  cpu: number;
  reason: string | null;
  reloading: boolean;
  /** Milliseconds that the event loop is late; only of programs that report. */
  lag?: number;
  lag_max?: number;
  heap?: number;
  requests?: number;
  request_rate?: number;
}

/** Everything about one process. */
export interface Detail extends Process {
  why: { code: string; text: string };
  script?: string;
  created: string;
  out_file: string;
  err_file: string;
  config_sha256: string;
  log_problems: Record<string, string>;
  last_end: { code: number | null; signal: string | null; at: string; reason: string } | null;
  config: { script: string; cwd: string; port: number | null };
}

/** A measurement of the history. */
export interface Sample {
  /** Milliseconds since 1970. */
  at: number;
  cpu: number;
  memory: number;
  restarts: number;
  lag: number | null;
  requests: number | null;
}

/** What comes over the live connection. */
export type Message =
  | { type: "list"; at: number; processes: Process[]; problems: string[] }
  | { type: "event"; event: { event: string; name?: string; detail: string } }
  | { type: "log"; id: number; stream: "out" | "err"; text: string };
