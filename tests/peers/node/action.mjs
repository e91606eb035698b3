// Runs the jobs of a workflow as GitHub's runner does, on the official parser and evaluator of
// expressions: action.mjs WORKFLOW ACTION WORKSPACE HOME PORT
//
// The port stands in the place of the guides' 8000, which may be taken on a machine that tests.
// Steps of `uses: …/chatkit-cli@…` are the composite action in the folder ACTION; of other people's
// actions it is only said what they were given. Prints one JSON document: what the parser has
// against either file, and each job's steps with their exit codes, outputs and what they printed.

import { spawnSync } from "node:child_process";
import fs from "node:fs";
import { register } from "node:module";
import os from "node:os";
import path from "node:path";
import { data, Evaluator, Lexer, Parser } from "@actions/expressions";
import YAML from "yaml";

// The parser imports its schemas without the attribute that Node asks for.
const hook = `export async function load(url, context, next) {
  const type = url.endsWith(".json") ? { importAttributes: { type: "json" } } : {};
  return next(url, { ...context, ...type });
}`;
register("data:text/javascript," + encodeURIComponent(hook));
const { parseAction } = await import("@actions/workflow-parser/actions/action-parser");
const { NoOperationTraceWriter, parseWorkflow } = await import("@actions/workflow-parser");

function toData(value) {
  if (value === null || value === undefined) return new data.Null();
  if (typeof value === "string") return new data.StringData(value);
  if (typeof value === "boolean") return new data.BooleanData(value);
  if (typeof value === "number") return new data.NumberData(value);
  const entries = Object.entries(value).map(([key, field]) => ({ key, value: toData(field) }));
  return new data.Dictionary(...entries);
}

/** The functions that ask how the job goes; nothing is cancelled here. */
function functions(status) {
  const answers = { success: status === "success", failure: status === "failure", always: true, cancelled: false };
  const of = ([name, answer]) => [name, { name, minArgs: 0, maxArgs: 0, call: () => new data.BooleanData(answer) }];
  return new Map(Object.entries(answers).map(of));
}

function evaluate(expression, context, status) {
  const known = functions(status);
  const { tokens } = new Lexer(expression).lex();
  const tree = new Parser(tokens, Object.keys(context), [...known.values()]).parse();
  return new Evaluator(tree, toData(context), known).evaluate();
}

function filled(text, context, status) {
  const expression = /\$\{\{\s*([\s\S]*?)\s*\}\}/g;
  return String(text).replace(expression, (_, inner) => evaluate(inner, context, status).coerceString());
}

/** Whether a step is to run: without a function that asks for the status, only after successes. */
function isWanted(step, context, status) {
  if (step.if === undefined) return status === "success";
  const inner = String(step.if).replace(/^\$\{\{\s*([\s\S]*?)\s*\}\}$/, "$1");
  const asksStatus = /\b(success|failure|cancelled|always)\(\)/.test(inner);
  const value = evaluate(inner, context, status);
  const isTrue = !["", "false", "0"].includes(value.coerceString());
  return isTrue && (asksStatus || status === "success");
}

/** What a step wrote into GITHUB_OUTPUT or GITHUB_ENV: NAME=VALUE, or NAME<<END … END. */
function assignments(text) {
  const found = {};
  const lines = text.split("\n");
  for (let at = 0; at < lines.length; at++) {
    const block = lines[at].match(/^([^=]+?)<<(.+)$/);
    if (block) {
      const value = [];
      for (at++; at < lines.length && lines[at] !== block[2]; at++) value.push(lines[at]);
      found[block[1]] = value.join("\n");
    } else if (lines[at].includes("=")) {
      const end = lines[at].indexOf("=");
      found[lines[at].slice(0, end)] = lines[at].slice(end + 1);
    }
  }
  return found;
}

function shell(step, context, status, job) {
  const file = (name) => path.join(job.temp, name);
  for (const name of ["OUTPUT", "PATH", "ENV", "STEP_SUMMARY"]) fs.writeFileSync(file(name), "");
  fs.writeFileSync(file("script.sh"), filled(step.run, context, status));
  const own = Object.entries(step.env ?? {}).map(([name, value]) => [name, filled(value, context, status)]);
  const env = {
    ...job.env,
    ...Object.fromEntries(own),
    PATH: [...job.paths, job.env.PATH].join(":"),
    GITHUB_ACTIONS: "true",
    GITHUB_OUTPUT: file("OUTPUT"),
    GITHUB_PATH: file("PATH"),
    GITHUB_ENV: file("ENV"),
    GITHUB_STEP_SUMMARY: file("STEP_SUMMARY"),
  };
  // `shell: bash` is strict about pipes; a step that names no shell is not.
  const strict = step.shell === "bash" ? ["--noprofile", "--norc", "-eo", "pipefail"] : ["-e"];
  // Into a file: what a step leaves running would hold a pipe open.
  const log = fs.openSync(file("log"), "w");
  const args = [...strict, file("script.sh")];
  const done = spawnSync("bash", args, { cwd: job.workspace, env, stdio: ["ignore", log, log] });
  fs.closeSync(log);
  const read = (name) => fs.readFileSync(file(name), "utf8");
  job.paths.unshift(...read("PATH").split("\n").filter(Boolean));
  Object.assign(job.env, assignments(read("ENV")));
  return { code: done.status, outputs: assignments(read("OUTPUT")), said: read("log") };
}

function composite(withs, context, job) {
  const action = YAML.parse(manifest);
  const unknown = Object.keys(withs).filter((name) => !(name in action.inputs));
  if (unknown.length > 0) throw new Error(`the action has no input ${unknown}`);
  const given = ([name, input]) => [name, withs[name] ?? String(input.default ?? "")];
  const inputs = Object.fromEntries(Object.entries(action.inputs).map(given));
  const github = { ...context.github, action_path: job.action };
  const inner = { ...context, inputs, github };
  const { status, steps, known } = run(action.runs.steps, inner, job);
  const output = ([name, { value }]) => [name, filled(value, { ...inner, steps: known }, status)];
  const outputs = Object.fromEntries(Object.entries(action.outputs).map(output));
  return { code: status === "success" ? 0 : 1, outputs, steps };
}

/** Runs steps in their order; what failed does not end the job for those that ask. */
function run(list, outer, job) {
  const known = {};
  const context = { ...outer, steps: known };
  const steps = [];
  let status = "success";
  for (const step of list) {
    const name = step.name ?? step.uses ?? step.run;
    if (!isWanted(step, context, status)) {
      steps.push({ name, is_skipped: true });
      continue;
    }
    const given = Object.entries(step.with ?? {}).map(([key, value]) => [key, filled(value, context, status)]);
    const withs = Object.fromEntries(given);
    const isOwn = step.uses?.includes("chatkit-cli");
    const other = { code: 0, outputs: {}, with: withs };
    const done = step.run ? shell(step, context, status, job) : isOwn ? composite(withs, context, job) : other;
    steps.push({ name, ...done });
    if (step.id) known[step.id] = { outputs: done.outputs, outcome: done.code === 0 ? "success" : "failure" };
    if (done.code !== 0) status = "failure";
  }
  return { status, steps, known };
}

const [workflow, action, workspace, home, port] = process.argv.slice(2);
const trace = new NoOperationTraceWriter();
const errors = (parsed) => parsed.context.errors.getErrors().map((error) => error.message);
const read = (file) => fs.readFileSync(file, "utf8").replaceAll("8000", port);
const source = read(workflow);
const manifest = read(path.join(action, "action.yml"));
const report = {
  action: errors(parseAction({ name: "action.yml", content: manifest }, trace)),
  workflow: errors(parseWorkflow({ name: "check.yml", content: source }, trace)),
  jobs: {},
};
for (const [name, { steps }] of Object.entries(YAML.parse(source).jobs)) {
  const temp = fs.mkdtempSync(path.join(os.tmpdir(), "job-"));
  const env = { HOME: home, PATH: process.env.PATH, RUNNER_TEMP: temp, CI: "true" };
  const job = { temp, workspace, action, env, paths: [] };
  const context = { github: { workspace }, runner: { os: "Linux", arch: "X64", temp }, inputs: {} };
  const { status, steps: done } = run(steps, context, job);
  report.jobs[name] = { status, steps: done };
  fs.rmSync(temp, { recursive: true });
}
console.log(JSON.stringify(report));
