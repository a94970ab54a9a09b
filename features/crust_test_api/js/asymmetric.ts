// Asymmetric matchers: values that stand for others in an equality.
import { className, format } from "crust:test_api/format";
import { equals } from "crust:test_api/equals";

const TYPE = Symbol.for("jest.asymmetricMatcher");

class Asymmetric {
  sample: any;
  inverse: boolean;
  declare $$typeof: symbol;
  constructor(sample: unknown, inverse = false) {
    this.sample = sample;
    this.inverse = inverse;
  }
  /** What `toString` says, by which snapshots tell matchers apart. */
  label(): string {
    return "Asymmetric";
  }
  toString(): string {
    return this.label();
  }
  getExpectedType(): string {
    return "any";
  }
}
Object.defineProperty(Asymmetric.prototype, "$$typeof", { value: TYPE });

class Anything extends Asymmetric {
  asymmetricMatch(other: unknown): boolean {
    return other !== null && other !== undefined;
  }
  override label(): string { return "Anything"; }
  toAsymmetricMatcher(): string { return "Anything"; }
}

class Any extends Asymmetric {
  constructor(sample: unknown) {
    super(sample);
    if (typeof sample !== "function") throw new TypeError("any() expects to be passed a constructor function. Please pass one or use anything() to match any object.");
  }
  asymmetricMatch(other: any): boolean {
    switch (this.sample) {
      case String: return typeof other === "string" || other instanceof String;
      case Number: return typeof other === "number" || other instanceof Number;
      case Function: return typeof other === "function";
      case Boolean: return typeof other === "boolean" || other instanceof Boolean;
      case BigInt: return typeof other === "bigint" || other instanceof BigInt;
      case Symbol: return typeof other === "symbol" || other instanceof Symbol;
      case Object: return typeof other === "object" && other !== null;
      case Array: return Array.isArray(other);
      default: return other instanceof this.sample;
    }
  }
  override label(): string { return "Any"; }
  toAsymmetricMatcher(): string { return `Any<${this.sample.name || "anonymous"}>`; }
}

class ArrayContaining extends Asymmetric {
  constructor(sample: unknown, inverse: boolean) {
    super(sample, inverse);
    if (!Array.isArray(sample)) throw new TypeError(`You must provide an array to ${this.toString()}, not '${typeof sample}'.`);
  }
  asymmetricMatch(other: unknown): boolean {
    const contains = Array.isArray(other) && this.sample.every((item: unknown) => other.some((value) => equals(item, value)));
    return contains !== this.inverse;
  }
  override label(): string { return this.inverse ? "ArrayNotContaining" : "ArrayContaining"; }
}

class ArrayOf extends Asymmetric {
  asymmetricMatch(other: unknown): boolean {
    return (Array.isArray(other) && other.every((value) => equals(this.sample, value))) !== this.inverse;
  }
  override label(): string { return this.inverse ? "NotArrayOf" : "ArrayOf"; }
  toAsymmetricMatcher(): string { return `${this.label()}<${format(this.sample)}>`; }
}

class ObjectContaining extends Asymmetric {
  constructor(sample: unknown, inverse: boolean) {
    super(sample, inverse);
    if (sample === null || typeof sample !== "object") throw new TypeError(`You must provide an object to ${this.toString()}, not '${typeof sample}'.`);
  }
  asymmetricMatch(other: any): boolean {
    if (other === null || (typeof other !== "object" && typeof other !== "function")) return this.inverse;
    const matches = Reflect.ownKeys(this.sample).every((key) => key in other && equals(this.sample[key], other[key]));
    return matches !== this.inverse;
  }
  override label(): string { return this.inverse ? "ObjectNotContaining" : "ObjectContaining"; }
}

class StringContaining extends Asymmetric {
  constructor(sample: unknown, inverse: boolean) {
    super(sample, inverse);
    if (typeof sample !== "string") throw new TypeError("Expected is not a string");
  }
  asymmetricMatch(other: unknown): boolean {
    return (typeof other === "string" && other.includes(this.sample)) !== this.inverse;
  }
  override label(): string { return this.inverse ? "StringNotContaining" : "StringContaining"; }
}

class StringMatching extends Asymmetric {
  constructor(sample: unknown, inverse: boolean) {
    super(typeof sample === "string" ? new RegExp(sample) : sample, inverse);
    if (typeof sample !== "string" && !(sample instanceof RegExp)) throw new TypeError("Expected is not a String or a RegExp");
  }
  asymmetricMatch(other: unknown): boolean {
    const pattern: RegExp = this.sample;
    pattern.lastIndex = 0;
    return (typeof other === "string" && pattern.test(other)) !== this.inverse;
  }
  override label(): string { return this.inverse ? "StringNotMatching" : "StringMatching"; }
}

class CloseTo extends Asymmetric {
  precision: number;
  constructor(sample: unknown, precision: unknown, inverse: boolean) {
    super(sample, inverse);
    if (typeof sample !== "number") throw new TypeError("Expected is not a Number");
    if (typeof precision !== "number") throw new TypeError("Precision is not a Number");
    this.precision = precision;
  }
  asymmetricMatch(other: unknown): boolean {
    if (typeof other !== "number") return false;
    const equal = other === this.sample || (Math.abs(this.sample - other) < Math.pow(10, -this.precision) / 2 && Number.isFinite(other));
    return equal !== this.inverse;
  }
  override label(): string { return this.inverse ? "NumberNotCloseTo" : "NumberCloseTo"; }
  toAsymmetricMatcher(): string { return `${this.label()} ${this.sample} (${this.precision} ${this.precision === 1 ? "digit" : "digits"})`; }
}

class SchemaMatching extends Asymmetric {
  constructor(sample: any, inverse: boolean) {
    super(sample, inverse);
    if (typeof sample?.["~standard"]?.validate !== "function") throw new TypeError("expect.schemaMatching needs a schema with a \"~standard\" property (Standard Schema)");
  }
  asymmetricMatch(other: unknown): boolean {
    const result = this.sample["~standard"].validate(other);
    if (typeof result?.then === "function") throw new TypeError("Async schema validation is not supported in asymmetric matchers");
    return (result.issues === undefined || result.issues.length === 0) !== this.inverse;
  }
  override label(): string { return "SchemaMatching"; }
  toAsymmetricMatcher(): string { return "SchemaMatching"; }
}

class ToSatisfy extends Asymmetric {
  asymmetricMatch(other: unknown): boolean {
    return Boolean(this.sample(other)) !== this.inverse;
  }
  override label(): string { return "toSatisfy"; }
  toAsymmetricMatcher(): string { return `toSatisfy<${className(this.sample)}>`; }
}

export const asymmetric = {
  anything: () => new Anything(undefined),
  any: (type: unknown) => new Any(type),
  arrayContaining: (sample: unknown) => new ArrayContaining(sample, false),
  arrayOf: (sample: unknown) => new ArrayOf(sample, false),
  objectContaining: (sample: unknown) => new ObjectContaining(sample, false),
  stringContaining: (sample: unknown) => new StringContaining(sample, false),
  stringMatching: (sample: unknown) => new StringMatching(sample, false),
  closeTo: (sample: unknown, precision: unknown = 2) => new CloseTo(sample, precision, false),
  schemaMatching: (schema: unknown) => new SchemaMatching(schema, false),
  toSatisfy: (predicate: unknown) => new ToSatisfy(predicate, false),
};

export const inverted = {
  arrayContaining: (sample: unknown) => new ArrayContaining(sample, true),
  arrayOf: (sample: unknown) => new ArrayOf(sample, true),
  objectContaining: (sample: unknown) => new ObjectContaining(sample, true),
  stringContaining: (sample: unknown) => new StringContaining(sample, true),
  stringMatching: (sample: unknown) => new StringMatching(sample, true),
  closeTo: (sample: unknown, precision: unknown = 2) => new CloseTo(sample, precision, true),
  schemaMatching: (schema: unknown) => new SchemaMatching(schema, true),
};
