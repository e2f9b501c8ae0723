import 'reflect-metadata';
import { runGateway } from './wiring.js';

await runGateway();
