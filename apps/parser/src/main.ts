import 'reflect-metadata';
import { runParser } from './wiring.js';

await runParser();
