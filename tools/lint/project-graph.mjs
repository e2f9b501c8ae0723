import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { createProjectGraphAsync, readCachedProjectGraph, workspaceRoot } from '@nx/devkit';

/**
 * Makes the project graph anew, without daemon. `@nx/enforce-module-boundaries` reads it from a cache: with a stale one
 * it would judge yesterday's tags, and with none it would skip itself with a warning; here that throws.
 */
export async function refreshProjectGraph() {
  process.env.NX_DAEMON = 'false';
  process.env.NX_ISOLATE_PLUGINS = 'false';
  // The rule reads the graph from this cache only: switched off, it would find none.
  delete process.env.NX_CACHE_PROJECT_GRAPH;
  for (const cache of ['project-graph.json', 'file-map.json']) {
    rmSync(join(workspaceRoot, '.nx', 'workspace-data', cache), { force: true });
  }
  await createProjectGraphAsync({ exitOnError: false });
  return readCachedProjectGraph();
}
