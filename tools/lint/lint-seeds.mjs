// Lints texts in place of existing files, with the repository's configuration: reads a JSON array of `{file, text, axis?}`
// from stdin and writes one line of JSON to stdout: per seed the findings `{rule, line, message}`.
import { ESLint } from 'eslint';
import { text } from 'node:stream/consumers';
import { depConstraints } from './boundaries.mjs';

const seeds = JSON.parse(await text(process.stdin));
const linters = new Map();

/** With an axis, only its constraints apply: the rule stops at the first that is broken. */
function linterFor(axis) {
  if (!linters.has(axis)) {
    const constraints = depConstraints().filter(({ sourceTag }) => sourceTag.startsWith(`${axis}:`));
    const rules = { '@nx/enforce-module-boundaries': ['error', { depConstraints: constraints }] };
    linters.set(
      axis,
      new ESLint(axis === undefined ? {} : { overrideConfig: [{ files: ['**/*.ts'], rules }] }),
    );
  }
  return linters.get(axis);
}

const findings = [];
for (const { file, text: code, axis } of seeds) {
  const [result] = await linterFor(axis).lintText(code, { filePath: file });
  findings.push(result.messages.map(({ ruleId, line, message }) => ({ rule: ruleId, line, message })));
}
console.log(JSON.stringify(findings));
