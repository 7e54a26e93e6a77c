// The one stream of server-sent events of this tab. It goes on where it was after a break.
import { connection } from './connection.svelte';

const KINDS = ['job', 'figures', 'scores', 'flow', 'note', 'snapshot', 'gap', 'replaced'] as const;
export type EventKind = (typeof KINDS)[number];

/** Random, kept while the tab is open, so that a reloaded page finds its own races. */
function ownName(): string {
  let found = sessionStorage.getItem('remy-tab');
  if (found === null) {
    found = Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) =>
      byte.toString(16).padStart(2, '0'),
    ).join('');
    sessionStorage.setItem('remy-tab', found);
  }
  return found;
}

export const tab = ownName();

/** Listen until the returned function is called. */
export function listen(hear: (kind: EventKind, data: unknown) => void): () => void {
  let stream: EventSource | undefined;
  let last = '';
  let ended = false;

  function open(): void {
    if (ended) return;
    stream = new EventSource(`/api/events?tab=${tab}${last ? `&last=${last}` : ''}`);
    for (const kind of KINDS)
      stream.addEventListener(kind, (event) => {
        last = event.lastEventId || last;
        if (kind === 'replaced') close();
        hear(kind, JSON.parse(event.data));
      });
    stream.onerror = () => {
      stream?.close();
      void connection.restored().then(open);
    };
  }
  function close(): void {
    ended = true;
    stream?.close();
  }
  open();
  return close;
}
