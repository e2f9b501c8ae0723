// Preloaded by run-child.mjs (`node --import`): when the process that started this one is gone, this one is asked to stop.
if (process.channel !== undefined) {
  process.channel.unref();
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
}
