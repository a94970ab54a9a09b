// Bun.build: checks the options, runs the plugins' setup, has the native side build, and makes the result.

import { buildCheck, buildClose, buildDefer, buildFile, buildOpen, buildReply, buildResolve, buildRun } from "crust:ops/build_api";
import { BuildArtifact } from "crust:build_api/artifact";
import type { ArtifactInfo } from "crust:build_api/artifact";
import { messageOf } from "crust:build_api/messages";
import type { BuildMessage, Log } from "crust:build_api/messages";
import type { Filtered } from "crust:build_api/callbacks";
import { arrayOf, configOf, contentBytes, filesOf } from "crust:build_api/options";
import type { File, Options } from "crust:build_api/options";
import { Plugins } from "crust:build_api/plugins";
import { runMacros } from "crust:core/macros";
import { codedTypeError, isObject } from "crust:web/webidl";

interface Output {
  success: boolean;
  outputs: BuildArtifact[];
  logs: BuildMessage[];
  metafile?: object;
}

/** What the native side gives. */
interface Finished {
  text: string;
  bytes: Uint8Array[];
}

/** A build that is about to be run. */
interface Prepared {
  options: Options;
  files: File[];
  plugins: Plugins;
}

/** What is wrong with the options is thrown at once, as Bun does; what is wrong with the program rejects. */
export function build(options: Options): Promise<Output> {
  if (!isObject(options)) throw codedTypeError("ERR_INVALID_ARG_TYPE", "Expected a config object to be passed to Bun.build");
  buildCheck(JSON.stringify(configOf(options)));
  const files = filesOf(options.files);
  const plugins = new Plugins();
  const ready = plugins.setup(arrayOf(options.plugins, "plugins"), options);
  return run({ options, files, plugins }, ready);
}

async function run(prepared: Prepared, ready: Promise<void>): Promise<Output> {
  const { options, plugins } = prepared;
  try {
    await ready;
    const output = outputOf(await bundle(prepared), plugins);
    await plugins.end(output);
    if (!output.success && options.throw !== false) {
      throw new AggregateError(output.logs.filter((log) => log.level === "error"), "Bundle failed");
    }
    return output;
  } finally {
    plugins.dispose();
  }
}

async function bundle({ options, files, plugins }: Prepared): Promise<Finished> {
  // Read again: plugins may have changed them.
  const text = JSON.stringify({ ...configOf(options), resolve: filters(plugins.resolve), load: filters(plugins.load) });
  const contents = await Promise.all(files.map(([, content]) => contentBytes(content)));
  const number = buildOpen(text, (question: string) => {
    const asked = JSON.parse(question);
    if (asked.kind === "deferred") plugins.goOn(asked.id);
    else if (asked.kind === "macros") runMacros(asked).then((results) => buildReply(number, asked.id, JSON.stringify(results), null));
    else plugins.answer(asked).then(({ text, bytes }) => buildReply(number, asked.id, text, bytes));
  }) as number;
  try {
    for (const [index, [path]] of files.entries()) buildFile(number, path, contents[index]);
    plugins.open({
      defer: (question) => void buildDefer(number, question),
      resolve: (wanted) => buildResolve(number, wanted) as Promise<string>,
    });
    await plugins.start();
    return (await buildRun(number)) as Finished;
  } finally {
    buildClose(number);
  }
}

function filters(list: Filtered[]): object[] {
  return list.map(({ filter, namespace }) => ({ source: filter.source, flags: filter.flags, namespace }));
}

function outputOf({ text, bytes }: Finished, plugins: Plugins): Output {
  const result = JSON.parse(text) as { success: boolean; outputs?: ArtifactInfo[]; logs: Log[]; metafile?: string | null };
  const infos = result.outputs ?? [];
  const outputs = infos.map((info, index) => new BuildArtifact(info, bytes[index]!));
  for (const [index, info] of infos.entries()) {
    if (info.sourcemap !== null) outputs[index]!.sourcemap = outputs[info.sourcemap]!;
  }
  const logs = result.logs.map((log) => messageOf(log, log.code === "PLUGIN_ERROR" ? plugins.causeOf(log.message) : undefined));
  const output: Output = { outputs, success: result.success, logs };
  if (result.metafile) output.metafile = JSON.parse(result.metafile);
  return output;
}
