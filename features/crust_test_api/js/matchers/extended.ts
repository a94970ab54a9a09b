// jest-extended's matchers that wait or that run what they are given.
import { define, extend, hint, shownExpected, shownReceived, type Call } from "crust:test_api/expect_core";
import { equals } from "crust:test_api/equals";

interface Change {
  before: any;
  after: any;
}
const changes = new WeakMap<Call, Change>();

/** Calls the received function between two readings. */
function change(call: Call, read: () => unknown): Change {
  const before = read();
  call.received();
  const found = { before, after: read() };
  changes.set(call, found);
  return found;
}
const explain = (what: string) => (call: Call, _read: unknown, expected?: unknown): string => {
  const { before, after } = changes.get(call)!;
  return `${hint(call)}\n\nExpected ${call.isNot ? "no change" : "a change"}${what}${what === "" ? "" : shownExpected(expected)}\nBefore: ${shownReceived(before)}\nAfter: ${shownReceived(after)}`;
};

define("toChange", (call, read) => {
  const { before, after } = change(call, read);
  return !equals(before, after);
}, explain(""));
define("toChangeBy", (call, read, by = 1) => {
  const { before, after } = change(call, read);
  return after - before === by;
}, explain(" by "));
define("toChangeTo", (call, read, to) => equals(change(call, read).after, to), explain(" to "));
define("toIncludeSamePartialMembers", (call, members) => {
  const left = [...call.received] as any[];
  if (left.length !== members.length) return false;
  return members.every((member: any) => {
    const index = left.findIndex((item) => item !== null && typeof item === "object" && Object.keys(member).every((key) => equals(item[key], member[key])));
    if (index >= 0) left.splice(index, 1);
    return index >= 0;
  });
}, (call, members) => `${hint(call)}\n\nExpected members: ${shownExpected(members)}\nReceived: ${shownReceived(call.received)}`);

async function settles(received: unknown, how: "resolves" | "rejects"): Promise<{ pass: boolean; message: () => string }> {
  let outcome = "resolves";
  try {
    await (typeof received === "function" ? received() : received);
  } catch {
    outcome = "rejects";
  }
  return { pass: outcome === how, message: () => `Expected a promise that ${how}, but it ${outcome}` };
}
extend({
  toResolve: (received: unknown) => settles(received, "resolves"),
  toReject: (received: unknown) => settles(received, "rejects"),
});
