import 'reflect-metadata';
import { runClassifier } from './wiring.js';

await runClassifier();
