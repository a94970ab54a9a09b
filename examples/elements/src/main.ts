// The entry point: reads the data, starts the server and stops it on a signal.

import settings from "@settings";
import { Table } from "@app/table.ts";
import { createRoutes } from "@app/routes.ts";
import { notFound, problem } from "@app/answers.ts";

const file = new URL(`../${settings.data}`, import.meta.url);
const table = Table.parse(await Bun.file(file).text());

const server = Bun.serve({
  port: Number(process.env.PORT ?? settings.port),
  routes: createRoutes(table),
  fetch: (request) => notFound(new URL(request.url).pathname),
  error(error) {
    console.error(error);
    return problem(500, "the server made a mistake");
  },
});

console.log(`${settings.title}: ${table.size} elements at ${server.url}`);

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, async () => {
    console.log(`${signal}: answering what is under way`);
    await server.stop();
    console.log("stopped");
  });
}
