import 'reflect-metadata';
import { runExtractor } from './wiring.js';

await runExtractor();
