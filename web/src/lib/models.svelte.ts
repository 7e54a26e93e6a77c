// The models that can be looked into, asked for once.
import { ask } from './api.svelte';
import type { ModelCard, ModelList } from './types';

class Models {
  fault = $state<string>();
  #list = $state.raw<ModelList>();
  #asked = false;

  /** What there is; undefined until it has come. */
  get list(): ModelList | undefined {
    if (!this.#asked) {
      this.#asked = true;
      ask<ModelList>('/api/models').then(
        (found) => (this.#list = found),
        (error: Error) => (this.fault = error.message),
      );
    }
    return this.#list;
  }

  /** All cards; empty until they have come. */
  get cards(): readonly ModelCard[] {
    return this.list?.models ?? [];
  }

  card(id: string): ModelCard | undefined {
    return this.cards.find((each) => each.id === id);
  }

  /** Read the folder anew. */
  again(): void {
    this.#asked = false;
    void this.list;
  }
}

export const models = new Models();
