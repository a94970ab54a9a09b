// What is wrong with a build, as Bun gives it: BuildMessage, and ResolveMessage for imports that lead nowhere.

export interface Position {
  lineText: string;
  file: string;
  namespace: string;
  line: number;
  column: number;
  length: number;
}

/** A diagnostic as the native side writes it. */
export interface Log {
  message: string;
  level: "error" | "warning" | "info";
  specifier: string | null;
  referrer: string | null;
  code: string | null;
  hint: string | null;
  position: Position | null;
}

export class BuildMessage extends Error {
  declare readonly level: string;
  declare readonly position: Position | null;
  declare readonly notes: string[];
  declare readonly code: string | undefined;

  /** `cause` is what a plugin threw. */
  constructor(log: Log, cause?: { error: unknown }) {
    super(log.message);
    if (cause !== undefined) define(this, "cause", cause.error);
    define(this, "name", "BuildMessage");
    define(this, "level", log.level);
    define(this, "position", log.position);
    define(this, "notes", log.hint === null ? [] : [log.hint]);
    define(this, "code", log.code ?? undefined);
    define(this, "stack", describe(this));
  }

  toJSON(): object {
    return { name: this.name, position: this.position, message: this.message, level: this.level };
  }

  toString(): string {
    return `${this.name}: ${this.message}`;
  }
}

export class ResolveMessage extends BuildMessage {
  declare readonly specifier: string;
  declare readonly importKind: string;
  declare readonly referrer: string;

  constructor(log: Log) {
    super(log);
    define(this, "name", "ResolveMessage");
    define(this, "code", "ERR_MODULE_NOT_FOUND");
    define(this, "specifier", log.specifier ?? "");
    define(this, "importKind", "import-statement");
    define(this, "referrer", log.referrer ?? "");
    define(this, "stack", describe(this));
  }

  toJSON(): object {
    return { ...super.toJSON(), specifier: this.specifier, importKind: this.importKind, referrer: this.referrer };
  }
}

/** The message of a diagnostic. */
export function messageOf(log: Log, cause?: { error: unknown }): BuildMessage {
  return log.specifier === null ? new BuildMessage(log, cause) : new ResolveMessage(log);
}

/** The message, and where it is. */
function describe(message: BuildMessage): string {
  const { position } = message;
  const place = position === null ? "" : `\n    at ${position.file}${position.line > 0 ? `:${position.line}:${position.column}` : ""}`;
  return `${message.name}: ${message.message}${place}`;
}

function define(target: object, name: string, value: unknown): void {
  Object.defineProperty(target, name, { value, writable: true, configurable: true, enumerable: false });
}
