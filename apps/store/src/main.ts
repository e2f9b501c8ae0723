import 'reflect-metadata';
import { runStore } from './wiring.js';

await runStore();
