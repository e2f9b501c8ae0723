// Parses in process what it is told, one path a line, with the adapter that it was started with; answers
// `took MILLISECONDS`: reading the file and the stage's function, without anything between processes.
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { loadParser } from '../parts/parsing.mjs';

const [adapter] = process.argv.slice(2);
const parse = await loadParser(adapter);
console.log('ready');
for await (const path of createInterface({ input: process.stdin })) {
  const began = performance.now();
  try {
    await parse(await readFile(path));
    console.log(`took ${performance.now() - began}`);
  } catch (error) {
    console.log(`failed ${error.code ?? error.message}`);
  }
}
process.exit(0);
