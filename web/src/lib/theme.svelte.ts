// Light or dark: as the system has it, unless the person chose.

export type Choice = 'auto' | 'light' | 'dark';

class Theme {
  choice = $state<Choice>('auto');
  #system = $state(false);

  constructor() {
    const dark = matchMedia('(prefers-color-scheme: dark)');
    this.#system = dark.matches;
    dark.addEventListener('change', () => (this.#system = dark.matches));
    const kept = localStorage.getItem('remy-theme');
    if (kept === 'light' || kept === 'dark') this.choice = kept;
    this.#show();
  }

  get dark(): boolean {
    return this.choice === 'auto' ? this.#system : this.choice === 'dark';
  }

  choose(choice: Choice): void {
    this.choice = choice;
    localStorage.setItem('remy-theme', choice);
    this.#show();
  }

  #show(): void {
    document.documentElement.dataset.theme = this.choice;
  }
}

export const theme = new Theme();
