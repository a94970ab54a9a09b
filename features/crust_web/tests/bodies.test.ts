// Bodies of Request and Response: who owns the stream, what clone shares, when a body counts as used.
import { expect, test } from "bun:test";

const streamOf = (...chunks: string[]) =>
  new ReadableStream<Uint8Array>({
    start(controller) {
      chunks.forEach((chunk) => controller.enqueue(new TextEncoder().encode(chunk)));
      controller.close();
    },
  });

test("the stream a user gives is the body", () => {
  const stream = streamOf("x");
  const response = new Response(stream);
  expect(response.body).toBe(stream);
  const copy = response.clone();
  expect(stream.locked).toBe(true);
  expect(response.body).not.toBe(stream);
  expect(copy.body).not.toBeNull();
});

test("both sides of a clone can be read, in any order", async () => {
  const response = new Response(streamOf("a", "b"));
  const copy = response.clone();
  expect(await copy.text()).toBe("ab");
  expect(await response.text()).toBe("ab");
});

test("a body is read once", async () => {
  const response = new Response("a");
  const body = response.body;
  expect(await response.text()).toBe("a");
  expect(response.bodyUsed).toBe(true);
  expect(response.body).toBe(body);
  await expect(response.json()).rejects.toThrow(TypeError);
  expect(() => response.clone()).toThrow(TypeError);
});

test("no body is never used up", async () => {
  const response = new Response();
  expect(await response.text()).toBe("");
  expect(await response.text()).toBe("");
  expect(response.bodyUsed).toBe(false);
});

test("a clone's headers are its own", () => {
  const response = new Response("x");
  response.clone().headers.set("a", "b");
  expect(response.headers.get("a")).toBeNull();
});

test("the body of a string is a byte stream", async () => {
  const reader = (new Response("abc").body as ReadableStream).getReader({ mode: "byob" });
  const { value } = await reader.read(new Uint8Array(2));
  expect(value?.length).toBe(2);
});

test("a failing stream fails the reader", async () => {
  const broken = new ReadableStream({
    pull() {
      throw new Error("broken");
    },
  });
  await expect(new Response(broken).text()).rejects.toThrow("broken");
});
