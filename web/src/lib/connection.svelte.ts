// Whether the server is there.

const PAUSE = 500;

class Connection {
  /** 'here', 'lost' (nobody answers) or 'foreign' (a server with another token). */
  state = $state<'here' | 'lost' | 'foreign'>('here');
  /** Counts how often it came back, for who has to begin anew. */
  returns = $state(0);
  #waiting: Promise<void> | undefined;

  /** Wait until the server answers again; it is asked twice a second. */
  restored(): Promise<void> {
    this.#waiting ??= this.#poll().finally(() => (this.#waiting = undefined));
    return this.#waiting;
  }

  async #poll(): Promise<void> {
    for (;;) {
      let status = 0;
      try {
        status = (await fetch('/api/alive')).status;
      } catch {
        // nobody is there
      }
      if (status === 200) break;
      this.state = status === 401 ? 'foreign' : 'lost';
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
    }
    if (this.state !== 'here') this.returns += 1;
    this.state = 'here';
  }
}

export const connection = new Connection();
