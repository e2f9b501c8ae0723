export { applyTopics, COMPATIBILITY, type Applied } from './apply-topics.js';
export { examine, type Finding } from './doctor.js';
export type { DocumentExplainer, Explained } from './explain/document-explainer.js';
export { findFiles, type FoundFiles } from './find-files.js';
export { outputFailureOf } from './output-failure.js';
export {
  PARSERS,
  type LocalParser,
  type PagePainter,
  type ParserName,
  type Picture,
} from './parse/local-parser.js';
export { paintSheet, type Brush } from './parse/paint.js';
export type { Sheet } from './parse/sheet.js';
export type {
  CliPorts,
  Connect,
  ConnectOptions,
  DatabaseAdmin,
  DatabaseDescription,
  ShownAddresses,
} from './ports.js';
export { produceFiles, type Produced, type ProducePorts, type ProduceSettings } from './produce-files.js';
export { runCli, type CliEnvironment, type ExitCode } from './program.js';
export type { LoadedRules, LocalExtractor, TriedRules } from './template/local-extractor.js';
export { Terminal, type OutputFormat, type TerminalStreams } from './terminal.js';
export type { HeadTrainer, TrainedHead, TrainingOptions, TrainingSample } from './train/head-trainer.js';
export { configsOf, planTopics, type TopicAction, type TopicOptions } from './topic-plan.js';
