/** The tab in which messages are read; kept while one walks from message to message. */
let chosen = 'decoded';
const watchers = new Set<() => void>();

export const tabChoice = {
  current: (): string => chosen,
  choose(tab: string): void {
    chosen = tab;
    for (const watcher of watchers) watcher();
  },
  watch(watcher: () => void): () => void {
    watchers.add(watcher);
    return () => watchers.delete(watcher);
  },
};
