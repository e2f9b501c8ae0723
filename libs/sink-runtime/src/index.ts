export {
  DEFAULT_SINK_SETTINGS,
  silentSinkObserver,
  type SinkDefinition,
  type SinkObserver,
  type SinkSettings,
} from './sink-definition.js';
export { SinkRuntime, type SinkRuntimeOptions, type SinkState } from './sink-runtime.js';
export { SinkTransport, type RunnableSink } from './sink-transport.js';
